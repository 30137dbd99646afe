// The stake checkpoints that this node has seen certified in final blocks, for light clients.

import { u64 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { decodeBlock } from '../../protocol/block/block.ts'
import { encodeHeader } from '../../protocol/block/header-codec.ts'
import { decodeCheckpoint } from '../../protocol/consensus/checkpoint.ts'
import { CHAIN_TABLES, decodeCheckpointRow, readHeight } from '../../protocol/state/tables.ts'
import type { Store } from '../../runtime/store.ts'

export interface StoredCheckpoint {
  readonly epoch: number
  readonly checkpoint: Uint8Array
  readonly certificate: Uint8Array
  readonly signers: Hex
  /** Of the signers, of the next epoch, and announced: each once, as far as they are stored. */
  readonly sets: Uint8Array[]
  /** Of the block that ended the epoch; empty where it is pruned. */
  readonly header: Uint8Array
  readonly sidecar: Uint8Array
}

const NOTHING = new Uint8Array(0)

/** The pruner keeps these blocks longer than others: whoever trusts one has to see it. */
function boundaryOf(store: Store, height: number): Pick<StoredCheckpoint, 'header' | 'sidecar'> {
  const bytes = store.get(CHAIN_TABLES.blocks, u64(height))
  if (!bytes) return { header: NOTHING, sidecar: NOTHING }
  const { header, sidecar } = decodeBlock(bytes)
  return { header: encodeHeader(header), sidecar }
}

/** The last one whose epoch is not after `epoch`. */
export function findCheckpoint(store: Store, epoch: number): StoredCheckpoint | undefined {
  const range = { to: u64(epoch + 1), reverse: true, limit: 1 }
  const [found] = store.range(CHAIN_TABLES.checkpoints, range)
  if (!found) return undefined
  const row = decodeCheckpointRow(found[1])
  const { height, next, announced } = decodeCheckpoint(row.checkpoint)
  const sets: Uint8Array[] = []
  for (const hash of new Set([row.signers, next.setHash, announced.setHash])) {
    const set = store.get(CHAIN_TABLES.sets, hexToBytes(hash))
    if (set) sets.push(set)
  }
  return { epoch: readHeight(found[0]), ...row, sets, ...boundaryOf(store, height) }
}
