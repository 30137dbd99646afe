// block-builder: the single writer of the chain's state. Builds blocks on a parent, re-executes
// proposed ones, and commits final ones durably. Knows nothing of votes.

import { PROOF_SLOTS_MAX } from '../../config/limits.ts'
import { ROLLUP_SYNC_ACCOUNTS } from '../../config/shard-limits.ts'
import {
  bool,
  bytes,
  f64,
  hex,
  list,
  nothing,
  optional,
  str,
  struct,
  u53,
  u256,
} from '../../lib/schema.ts'
import { ask, messages } from '../../runtime/messages.ts'
import { HistogramUs } from './figures.ts'

const EncodedBlock = bytes(8 << 20)
/** protocol/consensus/following.ts: rules and checkpoint as the state after the block has them. */
const EncodedFollowing = bytes(1 << 18)
/** protocol/consensus/epoch-rules.ts. */
const EncodedRules = bytes(1 << 18)
/** Nodes of a trie from its root to a key of 32 bytes: 64 steps, 16 hashes each at most. */
const TrieNodes = list(bytes(1024), 65)

export const BlockBuilderMessages = messages('block-builder', 1, {
  /** The last committed (final) block, where a restarted validator continues. */
  Tip: ask(
    nothing,
    struct({
      height: u53,
      hash: hex(32),
      genesisHash: hex(32),
      epoch: u53,
      view: u53,
      timestampMs: u53,
      certificate: bytes(4096),
      following: EncodedFollowing,
    }),
    'control',
  ),
  /**
   * Builds and executes a block on `parent` (final, or checked and not yet final). No block when
   * nothing waits and `allowEmpty` is false, or when `code` (UNKNOWN_PARENT, …) says why.
   */
  Build: ask(
    struct({
      parent: hex(32),
      timestampMs: u53,
      epoch: u53,
      view: u53,
      proposer: u53,
      /** 0 FAST, 1 BALANCED, 2 SECURE. */
      mode: u53,
      sidecar: bytes(65_536),
      allowEmpty: bool,
    }),
    struct({ block: optional(EncodedBlock), hash: optional(hex(32)), code: str(64) }),
    'control',
  ),
  /** Does a transaction wait that a block on `parent` could take? True where nobody can say. */
  HasCandidates: ask(struct({ parent: hex(32) }), bool, 'control'),
  /**
   * Validates and re-executes a block on its parent; keeps the result until it is final or dead.
   * `isFinal`: a finality certificate over it or over a descendant is known, so that batches which
   * no peer has any more do not hold it up.
   */
  Check: ask(
    struct({ block: EncodedBlock, isFinal: bool }),
    struct({ ok: bool, hash: optional(hex(32)), code: str(64) }),
    'control',
  ),
  /**
   * Commits the block and all its ancestors; replies when they are durable. `following` is empty
   * unless the block ended its epoch.
   */
  Finalise: ask(
    struct({ hash: hex(32), certificate: bytes(4096), finalAtMs: u53 }),
    struct({ height: u53, code: str(64), following: EncodedFollowing }),
    'control',
  ),
  /** Merkle proofs of the state after the last final block (EIP-1186). */
  Prove: ask(
    struct({ address: hex(20), slots: list(hex(32), PROOF_SLOTS_MAX) }),
    struct({
      height: u53,
      hash: hex(32),
      account: struct({ nonce: u53, balance: u256, storageRoot: hex(32), codeHash: hex(32) }),
      accountProof: TrieNodes,
      storage: list(struct({ word: u256, proof: TrieNodes }), PROOF_SLOTS_MAX),
    }),
  ),
  /**
   * From a shard of this node that starts: where the last final block has left it. After this it
   * hears of each block by `Ordered`.
   */
  Rollup: ask(
    struct({ shard: u53, generation: u53 }),
    struct({
      height: u53,
      blockHash: hex(32),
      rules: EncodedRules,
      /** Of the shard's last claim; number 0 before the first. */
      number: u53,
      hash: hex(32),
      timestampMs: u53,
      /** Operator of its sequencer. */
      sequencer: hex(20),
      inboxTo: u53,
      /** Messages of its inbox from `inboxFrom` on, encoded (protocol/rollup/inbox-entry.ts). */
      inboxFrom: u53,
      inbox: list(bytes(512), 65_536),
      /** The last claim that stated a root. */
      rootNumber: u53,
      /** The last claim of which it is sure here that no rule takes it back. */
      settled: u53,
      /** Parcels that wait for it, of each source in their order (parcel-notice.ts). */
      parcels: list(
        struct({ source: u53, number: u53, credits: u53, root: hex(32), from: optional(u53) }),
        1 << 20,
      ),
      /** By shard: parcels of this one that it has not consumed. */
      sent: list(u53, 64),
      frozen: bool,
      closing: bool,
    }),
    'control',
  ),
  /**
   * From a node's shard-set: which shards there are after the last final block, where each began at
   * the last change of their number, and where those before ended (numbering-notice.ts).
   */
  Numbering: ask(
    nothing,
    struct({
      generation: u53,
      shards: u53,
      before: u53,
      begins: list(struct({ number: u53, hash: hex(32), entries: u53, inboxTo: u53 }), 64),
      ends: list(struct({ number: u53, hash: hex(32), root: hex(32) }), 64),
    }),
    'control',
  ),
  /**
   * From a shard of this node that lacks them: its registered accounts from an index on, as the
   * last final block has them; `next` is where to go on.
   */
  RollupAccounts: ask(
    struct({ shard: u53, from: u53 }),
    struct({
      accounts: list(
        struct({ index: u53, owner: hex(20), blsKey: bytes(48), spendKey: bytes(32) }),
        ROLLUP_SYNC_ACCOUNTS,
      ),
      next: optional(u53),
    }),
    'control',
  ),
  /**
   * From a shard of this node: its oldest final claim of which another shard can still need credits
   * (parcel-notice.ts); undefined where there is none.
   */
  OldestSent: ask(struct({ shard: u53 }), optional(u53), 'control'),
  /** Spend key of a registered account of the rollup, in the state of the last final block. */
  SpendKey: ask(struct({ index: u53 }), optional(hex(32)), 'control'),
  /** Of all executions since the actor started. */
  Figures: ask(nothing, struct({ gas: u53, seconds: f64, took: HistogramUs }), 'control'),
})
