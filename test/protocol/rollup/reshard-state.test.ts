// Twice as many shards, half as many, and back: every account and every lock has the same record,
// no unit is more or less, and the root that the pages' roots give is that of the records.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { type Prng, prng } from '../../../lib/prng.ts'
import { COHORT_SIZE, SHARDS_MAX } from '../../../protocol/params.ts'
import { pageRoot, rootsFor } from '../../../protocol/rollup/checkpoint-tree.ts'
import { indexOf, shardOf, slotOf } from '../../../protocol/rollup/layout.ts'
import { isStep, placeBefore, sourcesOf } from '../../../protocol/rollup/reshard-layout.ts'
import {
  reshardedRoot,
  reshardedState,
  type SourceRoots,
} from '../../../protocol/rollup/reshard-state.ts'
import { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { takeCheckpoint } from '../../../protocol/rollup/state-checkpoint.ts'

const hashPairs = hashPairsNative
const seen = { locks: 0, empty: 0, cut: 0 }

/** K shards with accounts and locks in some of the first cohorts; the last cohort may be cut. */
function shardsOf(random: Prng, shards: number): ShardState[] {
  const states = Array.from({ length: shards }, (_, shard) => new ShardState({ shard, shards }))
  const cohorts = 1 + random.below(9)
  for (let cohort = 0; cohort < cohorts; cohort++) {
    const isLast = cohort === cohorts - 1
    const end = isLast ? 1 + random.below(COHORT_SIZE) : COHORT_SIZE
    if (end < COHORT_SIZE) seen.cut++
    // The last of each cohort, and some others.
    for (const member of [end - 1, 0, random.below(end), random.below(end)]) {
      const index = cohort * COHORT_SIZE + member
      const { table } = states[shardOf(index, shards)] as ShardState
      const slot = slotOf(index, shards)
      table.growFor(slot)
      const isLock = member > 0 && random.chance(0.3)
      const [lo, hi, nonce, touch] = [2 ** 32, 9, 2 ** 32, 1000].map((most) => random.below(most))
      const what = [lo, hi, nonce, 1 + (touch as number), 0] as [number, number, number, number, 0]
      if (isLock) table.put(slot, ...what, 2 + 4 * random.below(99), random.below(99), index - 1)
      else table.put(slot, ...what)
      if (isLock) seen.locks++
      table.used = Math.max(table.used, slot + 1)
    }
  }
  for (const state of states) {
    state.entries = 1001 + random.below(1000)
    state.inboxTo = random.below(1000)
    state.supply = unitsOf(state)
  }
  return states
}

function unitsOf({ table }: ShardState): bigint {
  let sum = 0n
  for (let slot = 0; slot < table.slots; slot++) sum += table.balanceOf(slot)
  return sum
}

const total = (states: readonly ShardState[]) => states.reduce((sum, one) => sum + one.supply, 0n)

function changed(states: readonly ShardState[], shards: number): ShardState[] {
  return Array.from({ length: shards }, (_, shard) => {
    const place = { shard, shards }
    const sources = sourcesOf(place, states.length).map((at) => states[at] as ShardState)
    const entries = Math.max(...sources.map((one) => one.entries))
    return reshardedState(place, sources, { entries, inboxTo: 7 + shard })
  })
}

/** Records of all indices that any of the tables can hold. */
function records(states: readonly ShardState[]): Map<number, string> {
  const found = new Map<number, string>()
  for (const { shard, shards, table } of states) {
    for (let slot = 0; slot < table.slots; slot++) {
      if (!table.isUsed(slot)) continue
      found.set(indexOf(shard, shards, slot), Buffer.from(table.recordOf(slot)).toString('hex'))
    }
  }
  return found
}

function rootsOf(state: ShardState): SourceRoots {
  const { shard, shards, table } = state
  const roots = rootsFor(table.depth, new Uint8Array(0))
  for (const { page, bytes } of takeCheckpoint(state).pages) {
    if (32 * page < roots.length) roots.set(pageRoot(bytes, hashPairs), 32 * page)
  }
  return { shard, shards, used: table.used, roots }
}

test('double, halve: the same records, the same money, the root that follows from the pages', () => {
  const counts = fc.constantFrom<[number, number]>([1, 2], [2, 4], [3, 6], [2, 1], [4, 2], [6, 3])
  const property = fc.property(fc.string(), counts, (seed, [from, to]) => {
    const before = shardsOf(prng(`reshard-state/${seed}`), from)
    const after = changed(before, to)
    assert.equal(records(after), records(before))
    assert.is(total(after), total(before))
    const pages = before.map(rootsOf)
    for (const state of after) {
      const { shard, shards, entries, inboxTo, supply } = state
      if (supply === 0n) seen.empty++
      assert.is(supply, unitsOf(state))
      const sources = sourcesOf(state, from).map((at) => pages[at] as SourceRoots)
      const root = reshardedRoot(
        { shard, shards },
        sources,
        { entries, inboxTo, supply },
        hashPairs,
      )
      assert.is(root, state.root(hashPairs))
    }
    // Back again: each table as it was.
    for (const [shard, state] of changed(after, from).entries()) {
      const old = before[shard] as ShardState
      assert.is(state.table.used, old.table.used)
      assert.is(state.supply, old.supply)
      state.entries = old.entries
      state.inboxTo = old.inboxTo
      assert.is(state.root(hashPairs), old.root(hashPairs))
    }
  })
  fc.assert(property, { numRuns: 40 })
  assert.ok(seen.locks > 20 && seen.empty > 5 && seen.cut > 5, JSON.stringify(seen))
})

test('every account comes from a source of its shard', () => {
  const index = fc.nat({ max: 2 ** 24 - 1 })
  const property = fc.property(index, fc.integer({ min: 1, max: 32 }), fc.boolean(), (i, k, up) => {
    const [from, to] = up ? [k, 2 * k] : [2 * k, k]
    assert.ok(isStep(from, to))
    const now = { shard: shardOf(i, to), shards: to }
    const before = placeBefore(i, from)
    assert.equal(before, { shard: shardOf(i, from), slot: slotOf(i, from) })
    assert.ok(sourcesOf(now, from).includes(before.shard))
  })
  fc.assert(property)
})

test('one step is twice as many or half, within what there can be', () => {
  for (const [from, to] of [
    [1, 2],
    [2, 1],
    [6, 3],
    [32, SHARDS_MAX],
  ] as const) {
    assert.ok(isStep(from, to))
  }
  for (const [from, to] of [
    [1, 1],
    [1, 3],
    [4, 1],
    [3, 1.5],
    [1, 0.5],
    [SHARDS_MAX, 128],
  ] as const) {
    assert.not(isStep(from, to))
  }
})

test.run()
