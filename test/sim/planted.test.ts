// A bug on purpose: validators that start do not know what they signed. It is found as an
// equivocation, and at most three faults are enough to show it.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { prng } from '../../lib/prng.ts'
import type { ScheduledFault } from '../../runtime/sim/fault-schedule.ts'
import { clusterScenario, SAFETY_MS } from './cluster-scenario.ts'
import { shrinkSchedule } from './shrink-schedule.ts'
import { NODES } from './sim-cluster.ts'

const PLANTED = { plant: 'forget-sign-log', safetyOnly: true }
const SEEDS_MAX = 100

/** A validator each time, back before its view is over. */
function shortCrashes(seed: number): ScheduledFault[] {
  const random = prng(`crashes/${seed}`)
  return Array.from({ length: 3 }, (_, i) => {
    const node = NODES[random.below(NODES.length)] as string
    const atMs = Math.round(((i + random.unit()) * SAFETY_MS) / 3)
    return { atMs, fault: { do: 'crash', node, forMs: 1 + random.below(20) } }
  })
}

test('a validator that forgets what it signed is found, by at most three faults', () => {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    const options = { ...PLANTED, schedule: shortCrashes(seed) }
    const shrunk = shrinkSchedule(clusterScenario, seed, options)
    if (!shrunk || shrunk.schedule.length > 3) continue
    assert.match(shrunk.violation, /^equivocation: /)
    const { schedule } = shrunk
    assert.equal(clusterScenario.run(seed, { schedule, safetyOnly: true }).violations, [])
    return
  }
  assert.unreachable('the bug is not found')
})

test.run()
