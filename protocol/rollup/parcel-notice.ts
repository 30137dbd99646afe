// What the state of a block says about parcels under way: which wait for a shard, and how many of
// its own wait elsewhere.

import type { Hex } from '../../lib/hex.ts'
import type { StateView } from '../state/state-view.ts'
import { consumableFrom } from './order-parcels.ts'
import { loadParcel, loadQueue } from './parcel-queue.ts'
import { loadConfig, rollupWords } from './rollup-storage.ts'

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
  const { shards } = loadConfig(words)
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
  const { shards } = loadConfig(words)
  return Array.from({ length: shards }, (_, destination) => {
    if (destination === source) return 0
    const queue = loadQueue(words, { source, destination })
    return queue.count - queue.consumed
  })
}
