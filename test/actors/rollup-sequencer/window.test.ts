// How long a batch waits for company: by the rate at which transfers come.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Window } from '../../../actors/rollup-sequencer/window.ts'
import { ROLLUP_WINDOW_MAX_MS } from '../../../config/limits.ts'
import { BATCH_TRANSFERS_MAX } from '../../../protocol/params.ts'

/** The window after batches at a steady rate, whatever their size. */
function at(perMs: number, everyMs: number, seconds = 5): Window {
  const window = new Window()
  for (let now = 0; now < seconds * 1000; now += everyMs) window.took(perMs * everyMs, now)
  return window
}

test('with nothing under way a transfer goes at once; a full batch does, too', () => {
  const window = at(1000, 50)
  const facts = { now: 5000, oldestMs: 5000, waiting: 1 }
  assert.is(window.wait({ ...facts, underWay: 0 }), 0)
  assert.is(window.wait({ ...facts, underWay: 3, waiting: BATCH_TRANSFERS_MAX }), 0)
  assert.is(window.wait({ ...facts, underWay: 3 }), ROLLUP_WINDOW_MAX_MS)
  assert.is(window.wait({ ...facts, underWay: 16 }), undefined)
  assert.is(window.wait({ ...facts, underWay: 0, waiting: 0 }), undefined)
})

test('the window follows the rate and not the size of batches', () => {
  const [small, large] = [at(100, 10), at(100, 200)]
  assert.ok(Math.abs(small.ms - large.ms) < 1)
  assert.ok(small.ms > 25 && small.ms < 35, 'what 100,000 a second wait')
  assert.is(at(320, 20).ms, ROLLUP_WINDOW_MAX_MS)
  assert.ok(at(1, 20).ms < 0.1)
})

test('after a pause the rate is a new one', () => {
  const window = at(300, 50)
  window.took(100, 15_000)
  assert.ok(window.ms < 0.1)
})

test.run()
