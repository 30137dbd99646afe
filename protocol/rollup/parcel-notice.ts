// What the state of a block says about parcels under way: which wait for a shard, how many of its
// own wait elsewhere, and from which of its claims on credits can still be asked for.

import type { Hex } from '../../lib/hex.ts'
import type { StateView } from '../state/state-view.ts'
import { consumableFrom } from './order-parcels.ts'
import { loadParcel, loadQueue } from './parcel-queue.ts'
import { rollupWords, shardCount } from './rollup-storage.ts'

export interface ParcelNotice {
  /** The shard and the claim that sent it. */
  readonly source: number
  readonly number: number
  readonly credits: number
  readonly root: Hex
  /** Seconds from which on it can be consumed; undefined while no root contains the claim. */
  readonly from: number | undefined
}

/** Parcels that wait for a shard, of each source in their order. */
export function waitingParcels(view: StateView, destination: number): ParcelNotice[] {
  const words = rollupWords(view)
  const shards = shardCount(words)
  const found: ParcelNotice[] = []
  for (let source = 0; source < shards; source++) {
    if (source === destination) continue
    const route = { source, destination }
    const queue = loadQueue(words, route)
    for (let nth = queue.consumed; nth < queue.count; nth++) {
      const { number, credits, root } = loadParcel(words, route, nth)
      found.push({ source, number, credits, root, from: consumableFrom(words, source, number) })
    }
  }
  return found
}

/** By shard: how many parcels of the source it has not consumed. */
export function unconsumedBy(view: StateView, source: number): number[] {
  const words = rollupWords(view)
  const shards = shardCount(words)
  return Array.from({ length: shards }, (_, destination) => {
    if (destination === source) return 0
    const queue = loadQueue(words, { source, destination })
    return queue.count - queue.consumed
  })
}

/**
 * Number of the source's oldest claim with a parcel that is not consumed for good: one that waits,
 * was taken back, or may be refunded. Undefined where there is none.
 */
export function oldestSent(view: StateView, source: number): number | undefined {
  const words = rollupWords(view)
  const shards = shardCount(words)
  let oldest: number | undefined
  for (let destination = 0; destination < shards; destination++) {
    if (destination === source) continue
    const route = { source, destination }
    const { from, count } = loadQueue(words, route)
    if (from === count) continue
    const { number } = loadParcel(words, route, from)
    oldest = Math.min(oldest ?? number, number)
  }
  return oldest
}
