// The exits of an account as a shard lists them: the latest first, and none of a batch above the
// last that counts; also those from before the number of shards changed.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { allExitsOf, exitProof, exitsOf } from '../../../actors/shard/exits.ts'
import { type ShardPorts, seriesIn } from '../../../actors/shard/shard-props.ts'
import { ShardKeeper } from '../../../actors/shard/shard-rows.ts'
import { ROLLUP_EXITS_TOLD } from '../../../config/shard-limits.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { COHORT_SIZE } from '../../../protocol/params.ts'
import { Outgoing } from '../../../protocol/rollup/outgoing.ts'
import type { RollupConfig } from '../../../protocol/rollup/rollup-storage.ts'
import type { Context } from '../../../runtime/context.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'

const [OURS, OTHERS] = [5, 6]

function empty(): MemoryStore {
  const store = new MemoryStore()
  store.commit = (puts, done) => {
    store.apply(puts)
    done()
  }
  return store
}

/** A batch with exits of these accounts. */
function save(store: MemoryStore, series: number, number: number, accounts: readonly number[]) {
  const rows = new ShardKeeper({ store } as unknown as Context, series)
  const list = new Outgoing()
  for (const from of accounts) list.add(from, 0xffff_ffff, number, 0, number * 10, 0)
  rows.saveExits(number, new Uint8Array(list.leaves().buffer))
  rows.flush()
}

/** Batches 1 to `count`; each has two exits of the account and one of another. */
function stored(count: number): MemoryStore {
  const store = empty()
  for (let number = 1; number <= count; number++) save(store, 0, number, [OURS, OTHERS, OURS])
  return store
}

const places = (store: MemoryStore, last: number) =>
  exitsOf(store, 0, OURS, last).map(({ number, position }) => [number, position])

test('the latest first, up to the last batch that counts', () => {
  const store = stored(3)
  assert.equal(places(store, 3), [
    [3, 2],
    [3, 0],
    [2, 2],
    [2, 0],
    [1, 2],
    [1, 0],
  ])
  assert.equal(places(store, 1), [
    [1, 2],
    [1, 0],
  ])
  assert.equal(places(store, 0), [])
  assert.is(exitsOf(store, 0, OURS, 9)[0]?.amount, 3n)
  assert.equal(exitsOf(store, 1, OURS, 3), [])
})

test('those of before the number of shards changed, by the shard that made the batch', () => {
  const store = empty()
  const index = COHORT_SIZE + 5
  // One shard, then two, then one again.
  save(store, seriesIn(0, 0), 4, [index])
  save(store, seriesIn(1, 1), 7, [OURS, index])
  save(store, seriesIn(1, 0), 8, [OURS])
  save(store, seriesIn(2, 0), 12, [index])
  const ports = { hashPairs: hashPairsNoble } as ShardPorts
  const config = { shards: 1 } as RollupConfig
  const props = { shard: 0, ports, config, numbers: { generation: 2, shards: 1, begins: 10 } }
  const places = allExitsOf(store, props, index, 12).map((one) => [one.shard, one.number])
  assert.equal(places, [
    [0, 12],
    [1, 7],
    [0, 4],
  ])
  const proof = (shard: number, number: number, position: number) =>
    exitProof(store, props, { shard, number, position })?.from
  assert.equal([proof(1, 7, 0), proof(1, 7, 1), proof(0, 4, 0)], [OURS, index, index])
  assert.equal([proof(1, 12, 0), proof(0, 7, 0), proof(1, 7, 2)], [undefined, undefined, undefined])
})

test('no more than are told', () => {
  const list = exitsOf(stored(ROLLUP_EXITS_TOLD), 0, OURS, ROLLUP_EXITS_TOLD)
  assert.is(list.length, ROLLUP_EXITS_TOLD)
})

test.run()
