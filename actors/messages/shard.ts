// shard: executor and only writer of one shard of the rollup on its node. It stores, checks and
// executes batches as they come, before any block orders them (docs/spec/rollup.md).

import { ROLLUP_SYNC_CLAIMS, ROLLUP_SYNC_PAGES } from '../../config/shard-limits.ts'
import { bool, bytes, hex, list, nothing, optional, str, struct, u53 } from '../../lib/schema.ts'
import { CLAIM_MESSAGES_MAX, CLAIM_PARCELS_MAX } from '../../protocol/params.ts'
import { CHECKPOINT_PAGES_MAX } from '../../protocol/rollup/checkpoint-tree.ts'
import { STORED_PAGE_BYTES } from '../../protocol/rollup/state-checkpoint.ts'
import { ask, messages, tell } from '../../runtime/messages.ts'
import { disputeVerbs } from './dispute-verbs.ts'
import { HistogramByName } from './figures.ts'
import { EncodedBody, EncodedClaim, OrderedBlock, Positions } from './rollup-words.ts'
import { ShardAnswers } from './shard-answers.ts'
import { CommitteeWords, EncodedCertificate } from './shard-committee.ts'

/** The key of the actors of a shard on a node, of both kinds: the one place that makes it. */
export function shardKey(node: string, shard: number): string {
  return shard === 0 ? node : `${node}.${shard}`
}

export const ShardMessages = messages('shard', 1, {
  ...disputeVerbs,
  /**
   * A batch with its claim: from the node that made it, or passed on. Anybody may send one; the
   * claim's signature says who made it. Executed at once when it stands on the tip, else kept.
   */
  Batch: tell(struct({ claim: EncodedClaim, body: EncodedBody })),
  /**
   * A batch that a peer holds. Rate limited. `code`: empty; BUSY; NOT_HELD; PRUNED, which is so old
   * that this node has deleted it.
   */
  Fetch: ask(
    struct({ number: u53, hash: hex(32) }),
    struct({ code: str(64), claim: EncodedClaim, body: EncodedBody }),
  ),

  /**
   * From a shard that catches up: this claim, its parent, and so on, as many as are quick to find.
   * Rate limited like all that follows, up to Parcel. `code`: empty; BUSY; NOT_HELD; PRUNED.
   */
  Claims: ask(
    struct({ number: u53, hash: hex(32) }),
    struct({ code: str(64), claims: list(EncodedClaim, ROLLUP_SYNC_CLAIMS) }),
  ),
  /**
   * What a batch consumed: messages of the inbox (inbox-entry.ts) and the credits of parcels. It
   * need not be believed: the claim's trace root is over each of them. `code` as of Claims.
   */
  Inputs: ask(
    struct({ number: u53, hash: hex(32) }),
    struct({
      code: str(64),
      inbox: list(bytes(512), CLAIM_MESSAGES_MAX),
      parcels: list(
        struct({ shard: u53, number: u53, leaves: bytes(16 << 20) }),
        CLAIM_PARCELS_MAX,
      ),
    }),
  ),
  /** Checkpoints whose pages can be read here now, by number and hash of their claims. */
  Checkpoints: ask(nothing, list(struct({ number: u53, hash: hex(32) }), 2)),
  /**
   * The 64 bytes and the roots of the pages, 32 bytes each, that the state root of a checkpoint is
   * over (checkpoint-tree.ts). `code`: empty; BUSY; GONE.
   */
  CheckpointTree: ask(
    struct({ number: u53, hash: hex(32) }),
    struct({ code: str(64), meta: bytes(64), roots: bytes(32 * CHECKPOINT_PAGES_MAX) }),
  ),
  /** Pages of it, each as its root says, in the order of the numbers. */
  CheckpointPages: ask(
    struct({ number: u53, hash: hex(32), pages: list(u53, ROLLUP_SYNC_PAGES) }),
    struct({ code: str(64), pages: list(bytes(STORED_PAGE_BYTES), ROLLUP_SYNC_PAGES) }),
  ),

  /**
   * What a final claim has put into the outbox for another shard (leaves of
   * protocol/rollup/outgoing.ts): for the other shards of the own node, and for those of peers
   * whose own node has not got the batch. Not found: it is not here yet, or `gone`.
   */
  Parcel: ask(
    struct({ number: u53, destination: u53 }),
    struct({ found: bool, gone: bool, leaves: bytes(16 << 20) }),
    'control',
  ),

  /**
   * From the own sequencer: takes candidates for the next batch. `draft` is a body (§5) with number
   * 0 and no signature. What cannot be executed (unregistered, balance) is left out; the rest is
   * executed on the tip, after the inbox messages that are final. One draft at a time.
   * `code` is empty, or DRAFT_OPEN, STALE (the shard is not ready, or another's
   * claims wait to be ordered), UNDECODABLE, NOTHING (nothing
   * was left and no inbox message waits).
   */
  Assemble: ask(
    struct({ draft: EncodedBody, fee: u53, feeAccount: optional(u53) }),
    struct({
      code: str(64),
      number: u53,
      parent: hex(32),
      /** What was kept, as a body with number 0; empty when all of it was. */
      draft: EncodedBody,
      transfers: u53,
      fee: u53,
      txRoot: hex(32),
      /** What the co-signers sign (cosignDigest). */
      digest: hex(32),
      /** Positions in the draft that was given, and a byte each: index in TRANSFER_REFUSALS. */
      refused: Positions,
      refusedCodes: bytes(65_536),
    }),
    'control',
  ),
  /** Merkle paths of positions of the open draft, depth times 32 bytes each, in their order. */
  Proofs: ask(
    struct({ number: u53, positions: Positions }),
    struct({ code: str(64), proofs: bytes(16 << 20) }),
    'control',
  ),
  /**
   * From the own sequencer: do the ordinary signatures of a submission (a body with number 0) hold
   * over the nonces that their senders have now? `bad` are positions in it; `nonces` are of all
   * that are listed as absent. `code`: empty; UNDECODABLE; UNCHECKED, try again.
   */
  Check: ask(
    struct({ body: EncodedBody }),
    struct({ code: str(64), bad: Positions, nonces: Positions }),
    'control',
  ),
  /**
   * From the own sequencer: co-signatures of the open draft by senders who each gave their own, 96
   * bytes each, in the order of the positions in `runs` ([first, count] u32 pairs). `bad` are
   * positions whose signatures do not hold, `signature` the aggregate of the others, empty when
   * there are none. `code`: empty; STALE; UNDECODABLE; UNCHECKED.
   */
  Cosigners: ask(
    struct({ number: u53, runs: bytes(8 * 65_536), signatures: bytes(96 * 65_536) }),
    struct({ code: str(64), bad: Positions, signature: bytes(96) }),
    'control',
  ),
  /**
   * Ends the draft: aggregates what the groups signed, checks it and the ordinary signatures like
   * any validator, writes the body, signs the claim, stores both. Replies once they are durable.
   * Every position is in a run of `cosigned` or in `positions`, never in both.
   * `code`: empty; STALE (another branch was executed meanwhile: the draft is gone); BAD_SIGNATURES
   * (who is in `badGroups` and `badPositions`; the draft stays open: Drop it).
   */
  Seal: ask(
    struct({
      number: u53,
      /** runs: [first, count] u32 pairs; signature: 96 bytes, the aggregate of the run's senders. */
      cosigned: list(struct({ runs: bytes(8 * 65_536), signature: bytes(96) }), 65_536),
      /** Absentees, rising, with what their ordinary signatures say: u32 each, 64 bytes each. */
      positions: Positions,
      maxFees: Positions,
      notAfters: Positions,
      /** Over which nonces Check has found them to hold; 2^32 - 1 where it was not asked. */
      nonces: Positions,
      signatures: bytes(64 * 65_536),
    }),
    struct({
      code: str(64),
      claim: EncodedClaim,
      hash: hex(32),
      /** Indices into `cosigned`. */
      badGroups: list(u53, 65_536),
      badPositions: Positions,
    }),
    'control',
  ),
  /** Of final batches: hold (until one was checked and durable here), order (then until final). */
  Figures: ask(nothing, struct({ steps: HistogramByName }), 'control'),
  /**
   * From the own sequencer: operations on locks (docs/spec/rollup-market.md), 34 words each. Their
   * signatures are checked, then they wait for a batch. `results`: in their order, once each is in
   * a final batch or refused, or after `withinMs`. `code` of one is empty, PENDING, UNDECODABLE or
   * why it is not executed; of all: empty, UNDECODABLE, STALE or BUSY.
   */
  Operate: ask(
    struct({ operations: bytes(136 * 4096), withinMs: u53 }),
    struct({
      code: str(64),
      results: list(struct({ code: str(64), number: u53, position: u53 }), 4096),
    }),
  ),
  /** The own sequencer has started: it is told the epoch, the last final claim, and where we are. */
  Greet: tell(nothing, 'control'),
  /** The open draft is undone: it was not co-signed. */
  Drop: tell(struct({ number: u53 }), 'control'),

  /**
   * From the block-builder: claims that stand on `head` (the shard's last claim in the state of the
   * block's parent), verified and durable, oldest first; with committees each has its certificate,
   * and who is outside has verified that alone. Without committees there are no certificates.
   */
  Ready: ask(
    struct({
      head: hex(32),
      max: u53,
      /** Of the block that is being built: its time, and how often the number of shards changed. */
      timestampMs: u53,
      generation: u53,
      /** Only claims without transfers and operations. */
      closing: bool,
      /** Operator of who made the claim `head`, and the time of its block: whose turn it is. */
      sequencer: hex(20),
      headMs: u53,
    }),
    struct({ claims: list(EncodedClaim, 8), certificates: list(EncodedCertificate, 8) }),
    'control',
  ),
  /**
   * From the block-builder, before it checks a block: replies `code` '' once all these claims of
   * this shard are held, verified and durable; fetches what is missing from the peers. A claim that
   * is wrong answers BAD_CLAIM at once; CLAIM_NOT_HELD after `withinMs`; SYNCING at once while the
   * state comes from the peers, since they have deleted batches that are missing here. With
   * committees, '' at once outside of the shard's: who checks the block checks the certificates.
   */
  Hold: ask(
    struct({ claims: list(EncodedClaim, 8), withinMs: u53, generation: u53 }),
    struct({ code: str(64), detail: str(256) }),
    'control',
  ),
  /** From the shard-set: the last claim before the number of shards changed; it is written down. */
  End: tell(struct({ number: u53, hash: hex(32), root: hex(32) }), 'control'),
  /** From the block-builder: a block is final and committed. */
  Ordered: tell(OrderedBlock, 'control'),
  /**
   * From the block-builder: at its start and at each turn of the epoch
   * (protocol/consensus/epoch-rules.ts, encoded).
   */
  Epoch: tell(struct({ rules: bytes(1 << 18) }), 'control'),

  ...ShardAnswers,
  ...CommitteeWords,
})
