// The accounts of shards that were before are read when all are there that a new one is made of.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkpointPut, pagePut } from '../../../actors/shard/checkpoint-rows.ts'
import { handOverPuts } from '../../../actors/shard/hand-over.ts'
import { seriesIn } from '../../../actors/shard/shard-props.ts'
import { SHARD_TABLES } from '../../../actors/shard/shard-rows.ts'
import type { Hex } from '../../../lib/hex.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { checkpointRoot, pageRoot, rootsFor } from '../../../protocol/rollup/checkpoint-tree.ts'
import { ROLLUP_CONFIG_DEFAULT } from '../../../protocol/rollup/genesis-rollup.ts'
import { genesisState } from '../../../protocol/rollup/genesis-state.ts'
import { provenMeta, takeCheckpoint } from '../../../protocol/rollup/state-checkpoint.ts'
import type { Put } from '../../../runtime/store.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'

const CONFIG = { ...ROLLUP_CONFIG_DEFAULT, shards: 2, accounts: 8, balance: 100n }
const HASH: Hex = `0x${'ab'.repeat(32)}`
const BEFORE = 1

/** Rows of a shard that ended with the accounts of the genesis, and where it ended. */
function ended(shard: number): { puts: Put[]; end: { number: number; hash: Hex; root: Hex } } {
  const { state } = genesisState(CONFIG, shard)
  const { meta, pages } = takeCheckpoint(state)
  const series = seriesIn(BEFORE, shard)
  const roots = rootsFor(state.table.depth, new Uint8Array(0))
  for (const { page, bytes } of pages) roots.set(pageRoot(bytes, hashPairsNoble), 32 * page)
  const root = checkpointRoot(provenMeta(meta), roots, hashPairsNoble)
  const end = { number: 5 + shard, hash: HASH, root }
  const checkpoint = { ...end, meta, bytes: 0, sides: new Uint8Array(1), roots }
  const rows = pages.map(({ page, bytes }) => pagePut(series, page, 0, bytes))
  return { puts: [...rows, checkpointPut(series, checkpoint)], end }
}

test('of two shards that become one none is read before both are written down', () => {
  const store = new MemoryStore()
  let reads = 0
  const { get, range } = store
  store.get = (table, key) => {
    if (table === SHARD_TABLES.pages) reads++
    return get.call(store, table, key)
  }
  store.range = (table, options) => {
    if (table === SHARD_TABLES.pages) reads++
    return range.call(store, table, options)
  }
  const sources = [ended(0), ended(1)]
  const look = () =>
    handOverPuts({
      store,
      config: CONFIG,
      hashPairs: hashPairsNoble,
      generation: BEFORE + 1,
      place: { shard: 0, shards: 1 },
      before: 2,
      ends: sources.map(({ end }) => end),
      begin: { number: 7, hash: HASH, entries: 8, inboxTo: 0 },
    })
  store.apply(sources[0]?.puts ?? [])
  assert.is(look(), undefined)
  assert.is(reads, 0, 'it is looked again and again')
  store.apply(sources[1]?.puts ?? [])
  assert.ok(look()?.puts.length)
  assert.ok(reads > 0)
})

test.run()
