// Which shard of how many: all that is needed to find an account's slot.

import { COHORT_BITS, EXIT_INDEX, ROLLUP_ACCOUNTS_MAX } from '../params.ts'
import { slotOf } from './layout.ts'

export interface ShardPlace {
  readonly shard: number
  readonly shards: number
}

/** Slot of an account of this shard; -1 for one of another shard, for EXIT_INDEX, for no account. */
export function slotIn(place: ShardPlace, index: number): number {
  if (index >= ROLLUP_ACCOUNTS_MAX) return -1
  if (place.shards === 1) return index
  return (index >>> COHORT_BITS) % place.shards === place.shard ? slotOf(index, place.shards) : -1
}

/** Where a payment goes that stays in no account of this shard; undefined if nowhere. */
export function isOutgoing(place: ShardPlace, index: number): boolean {
  return index === EXIT_INDEX || (index < ROLLUP_ACCOUNTS_MAX && slotIn(place, index) < 0)
}
