// The exits of an account as a shard lists them: the latest first, and none of a batch above the
// last that counts.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { exitsOf } from '../../../actors/shard/exits.ts'
import { ShardKeeper } from '../../../actors/shard/shard-rows.ts'
import { ROLLUP_EXITS_TOLD } from '../../../config/shard-limits.ts'
import { Outgoing } from '../../../protocol/rollup/outgoing.ts'
import type { Context } from '../../../runtime/context.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'

const [OURS, OTHERS] = [5, 6]

/** Batches 1 to `count`; each has two exits of the account and one of another. */
function stored(count: number): MemoryStore {
  const store = new MemoryStore()
  store.commit = (puts, done) => {
    store.apply(puts)
    done()
  }
  const rows = new ShardKeeper({ store } as unknown as Context, 0)
  for (let number = 1; number <= count; number++) {
    const list = new Outgoing()
    for (const from of [OURS, OTHERS, OURS]) list.add(from, 0xffff_ffff, number, 0, number * 10, 0)
    rows.saveExits(number, new Uint8Array(list.leaves().buffer))
  }
  rows.flush()
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

test('no more than are told', () => {
  const list = exitsOf(stored(ROLLUP_EXITS_TOLD), 0, OURS, ROLLUP_EXITS_TOLD)
  assert.is(list.length, ROLLUP_EXITS_TOLD)
})

test.run()
