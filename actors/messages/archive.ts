// archive: reads of final blocks and of the state after the last of them.

import { SNAPSHOT_BLOCK_BYTES_MAX, SNAPSHOT_MANIFEST_BYTES_MAX } from '../../config/limits.ts'
import {
  bool,
  bytes,
  hex,
  list,
  nothing,
  optional,
  str,
  struct,
  u53,
  u256,
} from '../../lib/schema.ts'
import { ask, messages, tell } from '../../runtime/messages.ts'

/**
 * A final block as its rows are stored. PERF: a block's receipts travel as one byte string: most
 * readers want none of them.
 */
export const StoredBlock = struct({
  height: u53,
  hash: hex(32),
  block: bytes(8 << 20),
  /** An rlp list of encoded receipts (protocol/state/tables.ts). */
  receipts: bytes(16 << 20),
  /** The finality certificate of this block or of the nearest final descendant that has one. */
  certificate: bytes(4096),
  /** Milliseconds of Unix time at which this node saw the block become final. */
  finalAtMs: u53,
})

const LogEntry = struct({
  height: u53,
  blockHash: hex(32),
  transactionHash: hex(32),
  transactionIndex: u53,
  logIndex: u53,
  address: hex(20),
  topics: list(hex(32), 4),
  data: bytes(1 << 20),
})

export const ArchiveMessages = messages('archive', 2, {
  /** From the block-builder, after the commit of a block is durable. */
  Committed: tell(struct({ height: u53 }), 'control'),
  Head: ask(
    nothing,
    struct({
      height: u53,
      hash: hex(32),
      genesisHash: hex(32),
      header: bytes(4096),
      finalAtMs: u53,
      /** Of the last block that the stake has certified: the end of an epoch, or the genesis. */
      checkpointHeight: u53,
      /** With which the epoch of the next block ends at the latest: time may end it before. */
      epochEnd: u53,
      /** Blocks below this height are not kept, except for the genesis; 0 when all are. */
      oldest: u53,
      /** Why the chain is in its mode, in one sentence. */
      modeReason: str(512),
    }),
    'control',
  ),
  /**
   * Long poll: replies at once with up to `max` final blocks above `height`, else when the next
   * block is final; an asker whose deadline passes simply asks again.
   */
  BlocksAfter: ask(struct({ height: u53, max: u53 }), list(StoredBlock, 256)),
  /**
   * The manifest of this node's newest snapshot, or of the one after block `hash`. `code` is empty,
   * NONE, or BUSY when it should be asked again later.
   */
  Manifest: ask(
    struct({ hash: optional(hex(32)) }),
    struct({ code: str(16), manifest: bytes(SNAPSHOT_MANIFEST_BYTES_MAX) }),
  ),
  /** A chunk of the snapshot after block `height`; `code` as above. */
  Chunk: ask(
    struct({ height: u53, index: u53 }),
    struct({ code: str(16), chunk: bytes(SNAPSHOT_BLOCK_BYTES_MAX) }),
  ),
  Block: ask(struct({ height: u53 }), optional(StoredBlock)),
  HeightOf: ask(struct({ hash: hex(32) }), optional(u53)),
  TransactionAt: ask(struct({ hash: hex(32) }), optional(struct({ height: u53, index: u53 }))),
  Account: ask(
    struct({ address: hex(20) }),
    struct({ nonce: u53, balance: u256, storageRoot: hex(32), codeHash: hex(32) }),
  ),
  Storage: ask(struct({ address: hex(20), slot: hex(32) }), u256),
  /** eth_call and eth_estimateGas: runs on the latest final state and keeps nothing. */
  Call: ask(
    struct({
      from: hex(20),
      to: optional(hex(20)),
      value: u256,
      data: bytes(131_072),
      gas: u53,
      gasPrice: u256,
    }),
    struct({ ok: bool, code: str(64), output: bytes(1 << 20), gasUsed: u53 }),
  ),
  /** The certified stake checkpoint of the last epoch that is not after `epoch`. */
  Checkpoint: ask(
    struct({ epoch: u53 }),
    optional(
      struct({
        epoch: u53,
        /** What the certificate signs (protocol/consensus/checkpoint.ts). */
        checkpoint: bytes(1024),
        certificate: bytes(4096),
        /** Hash of the set that signed. */
        signers: hex(32),
        sets: list(bytes(65_536), 3),
        /** Header and sidecar of the block that ended the epoch; empty where it is pruned. */
        header: bytes(4096),
        sidecar: bytes(65_536),
      }),
    ),
  ),
  /** A set that a certified checkpoint names, encoded. */
  ValidatorSet: ask(struct({ hash: hex(32) }), optional(bytes(65_536))),
  /** `code` is empty, or LIMIT when the range or the number of results is over its limit. */
  Logs: ask(
    struct({
      fromHeight: u53,
      toHeight: u53,
      addresses: list(hex(20), 256),
      /** Per position the accepted topics; an empty list accepts any. */
      topics: list(list(hex(32), 256), 4),
    }),
    struct({ code: str(64), logs: list(LogEntry, 10_000) }),
  ),
})
