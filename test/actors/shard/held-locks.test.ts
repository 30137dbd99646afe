// Which locks are given back: those whose deadline a final block has passed, unless a batch that is
// not final has done it; asking whether there are any says the same as the list.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HeldLocks } from '../../../actors/shard/held-locks.ts'
import { ROLLUP_REFUNDS_PER_BATCH } from '../../../config/shard-limits.ts'
import { heldFor, LOCK } from '../../../protocol/rollup/lock-record.ts'
import { REFUND_WORDS } from '../../../protocol/rollup/operations.ts'
import { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { AT, KIND, LEAF_WORDS } from '../../../protocol/rollup/trace.ts'

const [OWNER, PAYEE] = [1, 3]

function world(deadlines: readonly number[]) {
  const state = new ShardState({ shard: 0, shards: 1 })
  const { table } = state
  const hold = (slot: number, until: number) =>
    table.put(slot, 50, 0, 0, 1, 0, heldFor(PAYEE), until, OWNER)
  const free = (slot: number) => table.put(slot, 0, 0, 1, 1, 0, LOCK, 0, OWNER)
  for (const [i, until] of deadlines.entries()) hold(4 + i, until)
  table.used = 4 + deadlines.length
  const held = new HeldLocks({ state })
  const due = () => {
    const words = held.refunds()
    const locks: number[] = []
    for (let at = 0; at < words.length; at += REFUND_WORDS) locks.push(words[at + 1] as number)
    assert.is(held.isDue, locks.length > 0)
    return locks
  }
  /** A final batch has given one back. */
  const refunded = (slot: number, deadline: number) => {
    const trace = new Uint32Array(LEAF_WORDS)
    trace[AT.kind] = KIND.refund
    trace[AT.from] = slot
    trace[AT.fee] = deadline
    held.final({ trace, count: 1 })
  }
  return { held, due, hold, free, refunded }
}

test('a lock is due from its deadline on, until a batch has given it back', () => {
  const { held, due, hold, free, refunded } = world([90, 95])
  held.scan(89)
  assert.equal(due(), [])
  held.block(90)
  assert.equal(due(), [4])
  free(4)
  assert.equal(due(), [])
  hold(4, 90)
  assert.equal(due(), [4])
  // Given back and locked again in batches that are not final.
  hold(4, 200)
  assert.equal(due(), [])
  held.block(95)
  assert.equal(due(), [5])
  free(5)
  refunded(5, 95)
  hold(5, 95)
  assert.equal(due(), [])
})

test('a batch gives back so many, and the next one the others', () => {
  const { held, due, free } = world(new Array(ROLLUP_REFUNDS_PER_BATCH + 2).fill(90))
  held.scan(100)
  const first = due()
  assert.is(first.length, ROLLUP_REFUNDS_PER_BATCH)
  for (const slot of first) free(slot)
  assert.is(due().length, 2)
})

test.run()
