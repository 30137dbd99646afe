// The runtime alone under simulated faults: a few seeds hold and are the same when run again; bugs
// on purpose are found, and the schedule that shows them shrinks to almost nothing.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { actorsScenario } from './actors/actors-scenario.ts'
import { schedules } from './schedule-arbitrary.ts'
import { shrinkSchedule } from './shrink-schedule.ts'

const SEEDS = 25
const PLANTED = { plant: 'ack-before-sync' }

test('seeds hold', () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    assert.equal(actorsScenario.run(seed).violations, [], `seed ${seed}`)
  }
})

test('a watch whose end was confirmed by an answer to an older one still fires (seed 1921)', () => {
  assert.equal(actorsScenario.run(1921).violations, [])
})

test('a seed takes the same course when run again, and another seed another', () => {
  const traces = [4, 4, 5].map((seed) => actorsScenario.run(seed).trace)
  assert.is(traces[0], traces[1])
  assert.is.not(traces[0], traces[2])
})

test('a store that acknowledges before it syncs is found, by at most three faults', () => {
  let seed = 1
  while (actorsScenario.run(seed, PLANTED).violations.length === 0) seed++
  const shrunk = shrinkSchedule(actorsScenario, seed, PLANTED)
  assert.match(shrunk?.violation ?? '', /^lost: /)
  assert.ok((shrunk?.schedule.length ?? 9) <= 3, JSON.stringify(shrunk?.schedule))
  const replayed = actorsScenario.run(seed, { ...PLANTED, schedule: shrunk?.schedule ?? [] })
  assert.is(replayed.violations[0], shrunk?.violation)
  assert.equal(actorsScenario.run(seed, { schedule: shrunk?.schedule ?? [] }).violations, [])
})

test('any schedule holds; with the bug, fast-check shrinks the one that does not', () => {
  const limits = { nodes: ['n0', 'n1'], untilMs: 600, longestMs: 300, most: 12 }
  const holds = (options: object) =>
    fc.property(schedules(limits), (schedule) => {
      return actorsScenario.run(3, { ...options, schedule }).violations.length === 0
    })
  fc.assert(holds({}), { numRuns: 15, seed: 7 })
  const { failed, counterexample } = fc.check(holds(PLANTED), { numRuns: 200, seed: 7 })
  assert.ok(failed, 'the bug is found')
  const [schedule = []] = counterexample ?? []
  assert.ok(schedule.length <= 3, JSON.stringify(schedule))
  assert.ok(schedule.every(({ fault }) => /crash|-disk/.test(fault.do)))
})

test.run()
