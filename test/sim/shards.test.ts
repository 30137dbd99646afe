// Seeds of the simulated shards: no violation, and the same course when run again.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { shardsScenario } from './shards/shards-scenario.ts'

/** A liar leaves out the roots of its claims, so that what they sent can be consumed much later. */
const LATE_ROOTS = 1201
/** A node that is behind loses all its links: what it asks for fails at once, again and again. */
const ALONE_AND_BEHIND = 330

test('a seed holds, and money crosses shards', () => {
  const first = shardsScenario.run(LATE_ROOTS)
  assert.equal(first.violations, [])
  assert.ok(Number(first.done.consumed) > 20, `only ${first.done.consumed} parcels`)
  assert.is(first.done.waits, 0)
  assert.ok((first.marks['refused-equivocate'] ?? 0) > 0)
  assert.ok(Number(first.done.compared) > 100, `only ${first.done.compared} accounts compared`)
  const again = () => shardsScenario.run(2, { safetyOnly: true }).trace
  assert.is(again(), again())
})

test('a node that is behind and has no links waits before it asks again', () => {
  assert.equal(shardsScenario.run(ALONE_AND_BEHIND).violations, [])
})

test.run()
