// What a shard deletes of its batches, and what it must not: those whose credits another shard can
// still need, as the base chain says.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Checkpointer } from '../../../actors/shard/checkpointer.ts'
import { Pruner } from '../../../actors/shard/pruner.ts'
import type { ShardProps } from '../../../actors/shard/shard-props.ts'
import { rowsAt, ShardKeeper } from '../../../actors/shard/shard-rows.ts'
import type { Context } from '../../../runtime/context.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'

const FINAL = 40
const KEPT = 10

/** A shard with 40 final batches and a checkpoint after 35 of them, that keeps 10. */
function setUp() {
  const store = new MemoryStore()
  store.commit = (puts, done) => {
    store.apply(puts)
    done()
  }
  const sent = { oldest: undefined as number | undefined, asked: 0 }
  const context = {
    store,
    now: () => 0,
    after: (_: string, __: number, run: () => void) => run(),
    reached: () => {},
    ask: (_: unknown, __: string, ___: string, ____: unknown, outcome: { ok: unknown }) => {
      sent.asked++
      const ok = outcome.ok as (oldest: number | undefined) => void
      ok(sent.oldest)
    },
  }
  const ctx = context as unknown as Context
  const rows = new ShardKeeper(ctx, 0)
  const none = new Uint8Array(0)
  const row = { encoded: none, bytes: none, inbox: [], exits: none, early: [], parcels: [] }
  for (let number = 1; number <= FINAL; number++) {
    rows.saveBatch(number, `0x${'ab'.repeat(32)}`, row, () => {})
  }
  const keeping = { batches: KEPT, batchesMin: KEPT, bytes: 2 ** 50 }
  const pruner = new Pruner(ctx, { node: 'a', shard: 0, keeping } as unknown as ShardProps, rows)
  const checkpoints = { saved: { number: 35 }, bytes: 0 } as unknown as Checkpointer
  const look = (): number => {
    pruner.look(checkpoints, () => FINAL)
    for (let number = 1; number <= FINAL; number++) {
      const isThere = [...rowsAt(store, 0, number)].length > 0
      assert.is(isThere, number > pruner.gone.number, `batch ${number}`)
    }
    return pruner.gone.number
  }
  return { sent, look }
}

test('a batch stays while one of its parcels, or of an older batch, can be needed', () => {
  const { sent, look } = setUp()
  sent.oldest = 1
  assert.is(look(), 0)
  sent.oldest = 12
  assert.is(look(), 11)
  assert.is(look(), 11)
  sent.oldest = undefined
  assert.is(look(), FINAL - KEPT)
})

test('without parcels all goes that is not kept, and the chain is asked only when some may go', () => {
  const { sent, look } = setUp()
  assert.is(look(), FINAL - KEPT)
  const { asked } = sent
  assert.is(look(), FINAL - KEPT)
  assert.is(sent.asked, asked)
})

test.run()
