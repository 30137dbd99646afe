// As many transfers as may wait, each in a message of its own: batches are taken off them in order.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Pending } from '../../../actors/rollup-sequencer/pending.ts'
import { ROLLUP_PENDING_TRANSFERS_MAX } from '../../../config/limits.ts'
import type { Body } from '../../../protocol/rollup/body-layout.ts'

function lone(from: number): Body {
  const one = (value: number) => Uint32Array.of(value)
  const columns = { from: one(from), to: one(0), amountLo: one(1), amountHi: one(0) }
  const sections = [{ kind: 'sparse', first: 0, count: 1, ...columns }]
  return { transfers: 1, sections } as unknown as Body
}

test('as many single transfers as may wait are taken, oldest first', () => {
  const pending = new Pending()
  for (let i = 0; i < ROLLUP_PENDING_TRANSFERS_MAX; i++) {
    pending.add({ group: 1, number: i, body: lone(i) }, i)
  }
  let from = 0
  for (let taken = pending.take(); taken; taken = pending.take()) {
    assert.is(taken.from[0], from)
    from += taken.from.length
  }
  assert.equal([from, pending.size], [ROLLUP_PENDING_TRANSFERS_MAX, 0])
})

test.run()
