// Rows of shards of before: those just before the last change stay, older ones go, but for exits
// and the word that some were missed.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { missedPut, prunedPut, readMissed } from '../../../actors/shard/checkpoint-rows.ts'
import { oldRows } from '../../../actors/shard/numberings-before.ts'
import { seriesIn } from '../../../actors/shard/shard-props.ts'
import { SHARD_TABLES, shardKeyBytes } from '../../../actors/shard/shard-rows.ts'
import { SHARD_SET_DELETED_PUTS } from '../../../config/shard-limits.ts'
import { concatBytes, u64 } from '../../../lib/bytes.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'

const BATCHES = SHARD_SET_DELETED_PUTS + 3

/** Rows of a shard in every table. */
function write(store: MemoryStore, generation: number, shard: number): void {
  const series = seriesIn(generation, shard)
  const value = Uint8Array.of(1)
  for (const table of Object.values(SHARD_TABLES)) {
    if (table === SHARD_TABLES.meta) continue
    for (let number = 1; number <= BATCHES; number++) {
      store.apply([{ table, key: concatBytes(shardKeyBytes(series), u64(number)), value }])
    }
  }
  store.apply([
    prunedPut(series, { number: 5, bytes: 0 }),
    missedPut(series, { from: 1, to: 9 + generation }),
  ])
}

const rowsIn = (store: MemoryStore, table: string) =>
  store.range(table, { limit: 10_000 }).map(([key]) => key[0] as number)

const generationsIn = (store: MemoryStore, table: string) => [...new Set(rowsIn(store, table))]

/** All that goes; the most at a time. */
function deleteAll(store: MemoryStore, generation: number): number {
  let most = 0
  for (;;) {
    const puts = oldRows(store, generation)
    if (puts.length === 0) return most
    most = Math.max(most, puts.length)
    store.apply(puts)
  }
}

for (const [generation, all, kept] of [
  [1, [0, 1], [0, 1]],
  [3, [0, 1, 2, 3], [2, 3]],
  [256, [0, 1, 254, 255], [0, 255]],
  [257, [0, 1, 3, 255], [0, 1]],
] as const) {
  test(`after change ${generation} rows of the shards just before it stay, and exits`, () => {
    const store = new MemoryStore()
    for (const one of all) for (const shard of [0, 63]) write(store, one, shard)
    const most = deleteAll(store, generation)
    assert.ok(most <= SHARD_SET_DELETED_PUTS)
    assert.is(most > 0, kept.length < all.length)
    for (const table of Object.values(SHARD_TABLES)) {
      const stays = table === SHARD_TABLES.exits || table === SHARD_TABLES.meta ? all : kept
      assert.equal(generationsIn(store, table), [...stays], table)
    }
    const meta = all.map(
      (one) => rowsIn(store, SHARD_TABLES.meta).filter((at) => at === one).length,
    )
    assert.equal(
      meta,
      all.map((one) => ((kept as readonly number[]).includes(one) ? 4 : 2)),
    )
    for (const one of all) assert.is(readMissed(store, seriesIn(one, 63))?.to, 9 + one)
  })
}

test.run()
