// The state that a shard begins with after a change of their number: the records of its accounts as
// they were in the last settled roots of the shards before, to the bit. Its state root follows from
// those shards' pages alone, so whoever has the roots of their pages can say what it must be.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import { type HashPairs, NODE_BYTES } from '../crypto/hash-pairs.ts'
import { COHORT_SIZE } from '../params.ts'
import { AccountTable, depthFor, RECORD_WORDS, STALE } from './account-table.ts'
import { checkpointRoot, rootsFor } from './checkpoint-tree.ts'
import { cohortMoves } from './reshard-layout.ts'
import type { ShardPlace } from './shard-place.ts'
import { ShardState } from './shard-state.ts'
import { STORED_RECORDS } from './state-checkpoint.ts'
import { encodeMeta } from './state-root.ts'

const COHORT_WORDS = COHORT_SIZE * RECORD_WORDS
/** Stored pages of a cohort. */
const COHORT_PAGES = COHORT_SIZE / STORED_RECORDS

type Used = ShardPlace & { readonly used: number }

/** One above the highest slot that the new shard has in use. */
export function usedAfter(place: ShardPlace, sources: readonly Used[]): number {
  let used = 0
  for (const source of sources) {
    for (const { from, to } of cohortMoves(source, source.used, place)) {
      used = Math.max(used, to + Math.min(COHORT_SIZE, source.used - from))
    }
  }
  return used
}

function unitsIn(table: AccountTable): bigint {
  let units = 0n
  for (let slot = 0; slot < table.used; slot++) {
    if (table.isUsed(slot)) units += table.balanceOf(slot)
  }
  return units
}

export interface NewNumbers {
  /** Of the last entry of any of the sources: no record was touched later. */
  readonly entries: number
  /** Messages that the shard of this number has consumed under whatever number of shards. */
  readonly inboxTo: number
}

/**
 * The state of a shard of another number of shards. `sources`: `sourcesOf`, as they were at their
 * last roots. Supply is the sum of the records: those of all new shards add up to those before.
 */
export function reshardedState(
  place: ShardPlace,
  sources: readonly ShardState[],
  { entries, inboxTo }: NewNumbers,
  shared = false,
): ShardState {
  const before = sources.map(({ shard, shards, table }) => ({ shard, shards, used: table.used }))
  const used = usedAfter(place, before)
  const table = AccountTable.create(Math.max(1, used), shared)
  for (const { shard, shards, table: old } of sources) {
    assert(shards !== place.shards, 'another number of shards')
    for (const { from, to } of cohortMoves({ shard, shards }, old.used, place)) {
      const start = from * RECORD_WORDS
      table.words.set(old.words.subarray(start, start + COHORT_WORDS), to * RECORD_WORDS)
    }
  }
  table.stale.fill(STALE)
  table.used = used
  const state = new ShardState(place, table)
  state.entries = entries
  state.inboxTo = inboxTo
  state.supply = unitsIn(table)
  return state
}

/** What is known of a source without its records: the roots of its pages of 1,024. */
export interface SourceRoots extends Used {
  readonly roots: Uint8Array
}

/** Roots of the new shard's pages: cohorts are whole pages, so they move with them. */
export function reshardedRoots(place: ShardPlace, sources: readonly SourceRoots[]): Uint8Array {
  const roots = rootsFor(depthFor(usedAfter(place, sources)), new Uint8Array(0))
  const page = (slot: number) => (slot / STORED_RECORDS) * NODE_BYTES
  for (const source of sources) {
    for (const { from, to } of cohortMoves(source, source.used, place)) {
      const pages = source.roots.subarray(page(from), page(from) + COHORT_PAGES * NODE_BYTES)
      roots.set(pages, page(to))
    }
  }
  return roots
}

/** The state root that the new shard's first claim must state, by the roots of pages alone. */
export function reshardedRoot(
  place: ShardPlace,
  sources: readonly SourceRoots[],
  numbers: NewNumbers & { readonly supply: bigint },
  hashPairs: HashPairs,
): Hex {
  const depth = depthFor(usedAfter(place, sources))
  const meta = encodeMeta({ depth, shard: place.shard, ...numbers })
  return checkpointRoot(meta, reshardedRoots(place, sources), hashPairs)
}
