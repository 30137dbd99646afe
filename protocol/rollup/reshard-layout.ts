// Another number of shards: twice as many, or half. A shard's cohorts then come from one shard or
// from two of those before, whole: shard s of K becomes s and s + K of 2K, or s and s + K/2 become s.

import { COHORT_SIZE, SHARDS_MAX } from '../params.ts'
import { cohortOf, indexOf, shardOf, slotOf } from './layout.ts'
import type { ShardPlace } from './shard-place.ts'

/** Whether one change may lead from so many shards to so many. */
export function isStep(from: number, to: number): boolean {
  const isOne = to === 2 * from || from === 2 * to
  return isOne && Number.isInteger(to) && to >= 1 && to <= SHARDS_MAX
}

/** The shards, of `before`, that have what a shard of the new number will have; in rising order. */
export function sourcesOf({ shard, shards }: ShardPlace, before: number): number[] {
  return shards > before ? [shard % before] : [shard, shard + shards]
}

/** Where the first slot of a cohort moves: `from` in a source, `to` in the new shard. */
export interface CohortMove {
  readonly from: number
  readonly to: number
}

/**
 * Cohorts of a source that has `slots` slots in use, of which the last cohort may be cut, that go
 * to a shard of another number of shards; in rising order.
 */
export function cohortMoves(source: ShardPlace, slots: number, place: ShardPlace): CohortMove[] {
  const moves: CohortMove[] = []
  for (let from = 0; from < slots; from += COHORT_SIZE) {
    const index = indexOf(source.shard, source.shards, from)
    if (shardOf(index, place.shards) === place.shard) {
      moves.push({ from, to: slotOf(index, place.shards) })
    }
  }
  return moves
}

/** Where an account that is now in `place` was when there were `before` shards. */
export function placeBefore(index: number, before: number): { shard: number; slot: number } {
  return { shard: cohortOf(index) % before, slot: slotOf(index, before) }
}
