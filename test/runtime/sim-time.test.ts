// Time in a simulated world: it goes on, or the simulation says that it does not.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { prng } from '../../lib/prng.ts'
import { Timeline } from '../../runtime/sim/timeline.ts'

test('what is tried again without waiting ends the simulation, what waits does not', () => {
  const retrying = (waitMs: number) => {
    const time = new Timeline(prng('retries'))
    let tries = 0
    const attempt = () => {
      tries++
      time.post(waitMs, attempt)
    }
    time.post(0, attempt)
    time.runFor(10)
    return tries
  }
  assert.is(retrying(0.001), 10_001)
  assert.throws(() => retrying(0), /events at 0 ms: something is tried again without waiting/)
})

test.run()
