// The last block of an epoch, found by the epochs in the headers: the block before the first one of
// the epoch that follows.

import { u64 } from '../../lib/bytes.ts'
import { decodeBlock } from '../../protocol/block/block.ts'
import { unpackExtraData } from '../../protocol/block/extra-data.ts'
import { CHAIN_TABLES, META_FINAL, META_OLDEST, readHeight } from '../../protocol/state/tables.ts'
import type { Store } from '../../runtime/store.ts'

export function finalHeight(store: Store): number | undefined {
  const row = store.get(CHAIN_TABLES.meta, META_FINAL)
  return row && readHeight(row)
}

/** First height of which the block is kept; 0 when all are. */
export function oldestHeight(store: Store): number {
  const row = store.get(CHAIN_TABLES.meta, META_OLDEST)
  return row ? readHeight(row) : 0
}

/** Undefined when the block is not kept. */
export function epochAt(store: Store, height: number): number | undefined {
  const bytes = store.get(CHAIN_TABLES.blocks, u64(height))
  if (!bytes) return undefined
  return unpackExtraData(decodeBlock(Uint8Array.from(bytes)).header.extraData)?.epoch ?? 0
}

/** The highest block below `height` of an earlier epoch; undefined when there is none here. */
export function boundaryBefore(store: Store, height: number): number | undefined {
  const epoch = epochAt(store, height)
  let low = Math.max(1, oldestHeight(store))
  let high = height
  const first = epochAt(store, low)
  if (epoch === undefined || first === undefined || first >= epoch) return undefined
  // Epochs never go down: low is before the epoch, high is in it.
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((epochAt(store, middle) ?? 0) < epoch) low = middle
    else high = middle
  }
  return low
}
