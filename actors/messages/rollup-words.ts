// Words that several messages of the rollup have in common.

import { bool, bytes, hex, list, optional, struct, u53 } from '../../lib/schema.ts'

/** protocol/rollup/claim.ts, encoded. */
export const EncodedClaim = bytes(16_384)
/** protocol/rollup/read-body.ts: one byte string from the sequencer to the disk, never re-encoded. */
export const EncodedBody = bytes(4 << 20)
/** u32 each, little endian: positions in a batch or in a submission. */
export const Positions = bytes(4 * 65_536)

/** What a final block says to the shards: from the block-builder of the own node alone. */
export const OrderedBlock = struct({
  height: u53,
  blockHash: hex(32),
  timestampMs: u53,
  /** How often the number of shards had changed before the block. */
  generation: u53,
  /** After it claims have no transfers: the number of shards is about to change. */
  closing: bool,
  /** Claims of all shards in the order of the block's sidecar. */
  claims: list(EncodedClaim, 8),
  /** Inbox messages that the block's transactions left, of all shards (inbox-entry.ts). */
  inbox: list(struct({ shard: u53, index: u53, message: bytes(512) }), 65_536),
  /** Shards that the block has frozen, and the claim after which they stand. */
  frozen: list(struct({ shard: u53, number: u53 }), 64),
})

export const FoundOperation = optional(
  struct({
    number: u53,
    position: u53,
    claim: EncodedClaim,
    claimHash: hex(32),
    leaf: bytes(32),
    hash: bytes(32),
    proof: bytes(32 * 16),
    height: u53,
    blockHash: hex(32),
    timestampMs: u53,
  }),
)
