// rollup-sequencer: collects transfers for a few tens of milliseconds, has its shard assemble them
// into a batch, hands each group of senders the proofs of its transfers, collects what they sign,
// and has the batch sealed. Its words are for the edges (apps/gateway) of any node.
//
// A group is whoever speaks for some senders: a session of a WebSocket, a load generator. Its edge
// draws its number (53 random bits: nobody else guesses it). Positions, counts and the like come as
// u32 little endian in byte strings: no object per transfer.

import {
  bool,
  bytes,
  hex,
  list,
  nothing,
  oneOf,
  optional,
  str,
  struct,
  u53,
} from '../../lib/schema.ts'
import { ask, messages, tell } from '../../runtime/messages.ts'
import { HistogramByName } from './figures.ts'
import { EncodedBody } from './rollup-words.ts'

/** A byte per refused transfer is an index in this list. */
export const TRANSFER_REFUSALS = [
  /** The sender has a transfer that waits or is in the open batch: one at a time. */
  'SENDER_PENDING',
  /** From or to an account that is not registered, or from another shard's. */
  'NOT_REGISTERED',
  /** The sender cannot pay amount and fee. */
  'BALANCE',
  /** The group did not co-sign in time, and there is no ordinary signature. */
  'NOT_COSIGNED',
  /** The signature of the group, or the ordinary one, does not hold. */
  'BAD_SIGNATURE',
  /** The fee is above what the ordinary signature allows, or its last height has passed. */
  'EXPIRED',
  /** Another sequencer's batch was ordered in place of its own, or it is another's turn: again. */
  'SUPERSEDED',
  /** The receiver's shard has not consumed what was sent there before: try again later. */
  'SHARD_BEHIND',
  /** The number of shards changes at the end of this epoch: submit again after that. */
  'RESHARDING',
] as const
export type TransferRefusal = (typeof TRANSFER_REFUSALS)[number]

/**
 * A batch that contains transfers of the group, before it is sealed: to be checked and co-signed.
 * The same number comes again with another root when somebody did not co-sign; the last one counts,
 * and a sender may co-sign each root in which its transfer of that nonce is the same.
 */
const Root = struct({
  shard: u53,
  parent: hex(32),
  transfers: u53,
  fee: u53,
  txRoot: hex(32),
  /** What to sign: cosignDigest of all the above; the client makes its own and compares. */
  digest: hex(32),
  /** The answer is waited for so long. */
  withinMs: u53,
  /**
   * u32 quadruples [submission, offset, first, count]: the transfers offset … offset + count − 1 of
   * that submission stand at the positions first … first + count − 1 of the batch.
   */
  runs: bytes(16 * 65_536),
  /**
   * For each run the Merkle path of its first position and, where count > 1, that of its last:
   * 32 bytes times the depth ceil(log2(transfers)) each. With the run's leaves they give txRoot:
   * at each level the left end takes its sibling from the first path where it is odd, the right end
   * from the second where it is even.
   */
  proofs: bytes(16 << 20),
})

const Event = struct({
  /** Rises by one; asked for again with `after`. */
  seq: u53,
  kind: oneOf('root', 'final', 'dropped'),
  number: u53,
  root: optional(Root),
  /** All transfers of the last root of this number are final, but those dropped before. */
  final: optional(
    struct({ claim: hex(32), txRoot: hex(32), height: u53, blockHash: hex(32), timestampMs: u53 }),
  ),
  /** These will not be executed: u32 triples [submission, offset, refusal]. */
  dropped: optional(struct({ transfers: bytes(12 * 65_536) })),
})

export const RollupSequencerMessages = messages('rollup-sequencer', 1, {
  /**
   * Transfers of a group. `body` is a body (§5) with number 0 and signature zero; what it lists as
   * absent are those transfers whose ordinary signature is given now (any of them, none, all).
   * Nonces are not said: a transfer takes its sender's next one, and the ordinary signature must be
   * over that. `submission` is the group's own number for it, below 2^32 and rising.
   * `code` is empty, UNDECODABLE, BUSY (again after `retryAfterMs`), NOT_SEQUENCER (ask
   * `sequencer`, a node's name, empty when unknown), NEEDS_SIGNATURES (a group that failed to
   * co-sign before is
   * only taken with ordinary signatures for a while).
   */
  Submit: ask(
    struct({ group: u53, submission: u53, body: EncodedBody }),
    struct({
      code: str(64),
      retryAfterMs: u53,
      sequencer: str(64),
      accepted: u53,
      /** Positions in the submission, and their refusals as bytes. */
      refused: bytes(4 * 65_536),
      refusedCodes: bytes(65_536),
    }),
  ),
  /**
   * Operations on locks, as the shard's `Operate` has them. `code`: empty, UNDECODABLE, BUSY, STALE
   * (the shard is not ready), NOT_SEQUENCER (ask `sequencer`). What was PENDING may still come: the
   * same given again is answered with what became of the first, as long as it is not final.
   */
  Operate: ask(
    struct({ operations: bytes(136 * 4096), withinMs: u53 }),
    struct({
      code: str(64),
      sequencer: str(64),
      results: list(struct({ code: str(64), number: u53, position: u53 }), 4096),
    }),
  ),
  /**
   * Long poll for what concerns the group: replies at once with what is above `after`, else when
   * the next one comes or after LONG_POLL_HOLD_MS with none. A group that does not ask for
   * GROUP_IDLE_MS is forgotten. `lost`: events were thrown away because nobody fetched them.
   */
  Next: ask(
    struct({ group: u53, after: u53 }),
    struct({ events: list(Event, 64), lost: bool, sequencer: str(64) }),
    'control',
  ),
  /**
   * The group's signature on the last root of a number: the aggregate of its senders' signatures,
   * less those at the `absent` positions (of the batch, rising). For these it gives ordinary
   * signatures here, or gave them when it submitted (then maxFees, notAfters and signatures are
   * empty). Signature empty: all are absent. Senders that do not trust whoever speaks for them give
   * 96 bytes each instead, those that are not absent in the order of their positions: each is
   * checked by itself, and one that does not hold counts as absent.
   */
  Cosign: tell(
    struct({
      group: u53,
      number: u53,
      txRoot: hex(32),
      signature: bytes(96 * 65_536),
      absent: bytes(4 * 65_536),
      maxFees: bytes(4 * 65_536),
      notAfters: bytes(4 * 65_536),
      signatures: bytes(64 * 65_536),
    }),
    'control',
  ),
  /** The session has ended; what it submitted is executed where it can be without it. */
  Leave: tell(struct({ group: u53 })),
  Status: ask(
    nothing,
    struct({
      /** Whether it takes transfers now, and else who does. */
      active: bool,
      sequencer: str(64),
      fee: u53,
      pending: u53,
      groups: u53,
      /** Batches since the start: sealed, final, and drafts that were dropped. */
      sealed: u53,
      final: u53,
      dropped: u53,
      transfers: u53,
      windowMs: u53,
      cosignMs: u53,
    }),
    'control',
  ),
  /**
   * What the steps of its final batches took: queue (from the first transfer to the end of its
   * window), assemble, proofs, cosign, seal (aggregate, check, disk), order (until it was final).
   */
  Figures: ask(nothing, struct({ steps: HistogramByName }), 'control'),

  /**
   * From the own shard: whether inbox messages wait, and who made the claims that wait to be
   * ordered, by operator, where it was another node: it is his turn. `closing`: no transfers are
   * taken, because the number of shards is about to change. Not `open`: it makes no batches,
   * because it is not ready, frozen, or disputes a claim.
   */
  Look: tell(
    struct({ inboxWaiting: bool, other: optional(hex(20)), closing: bool, open: bool }),
    'control',
  ),
  /** From the own shard: the last final claim, when and by whom it was ordered. */
  Final: tell(
    struct({
      number: u53,
      claim: hex(32),
      height: u53,
      blockHash: hex(32),
      timestampMs: u53,
      /** Operator of who made the shard's last final claim. */
      sequencer: hex(20),
    }),
    'control',
  ),
  /** From the own shard: a block is proposed that orders the own claims up to this one. */
  Proposed: tell(struct({ number: u53 }), 'control'),
  /** From the own shard: these sealed claims or the open draft (from `number` on) were undone. */
  Undone: tell(struct({ number: u53 }), 'control'),
  /** From the own shard, at its start and at each turn of the epoch. */
  Epoch: tell(struct({ rules: bytes(1 << 18) }), 'control'),
})
