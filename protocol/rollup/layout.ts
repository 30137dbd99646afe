// Where a rollup account lives: its cohort, its shard, and its slot in that shard's table.

import { assert } from '../../lib/assert.ts'
import { COHORT_BITS, COHORT_SIZE, SHARDS_MAX } from '../params.ts'

const MEMBER_MASK = COHORT_SIZE - 1

export function cohortOf(index: number): number {
  return index >>> COHORT_BITS
}

/** Position within the cohort. */
export function memberOf(index: number): number {
  return index & MEMBER_MASK
}

export function shardOf(index: number, shards: number): number {
  return (index >>> COHORT_BITS) % shards
}

/** Slot in the table of the account's own shard: whole cohorts one after the other. */
export function slotOf(index: number, shards: number): number {
  return Math.floor((index >>> COHORT_BITS) / shards) * COHORT_SIZE + (index & MEMBER_MASK)
}

/** The inverse of `shardOf` and `slotOf`. */
export function indexOf(shard: number, shards: number, slot: number): number {
  assert(shards >= 1 && shards <= SHARDS_MAX && shard < shards, 'no such shard')
  return ((slot >>> COHORT_BITS) * shards + shard) * COHORT_SIZE + (slot & MEMBER_MASK)
}
