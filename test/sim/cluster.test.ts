// A few seeds of the simulated cluster, each run twice: no violation, the same course both times;
// and a planted bug, which must be found.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { clusterScenario } from './cluster-scenario.ts'

for (const seed of [1, 2]) {
  test(`seed ${seed} holds and is the same when run again`, () => {
    const first = clusterScenario.run(seed)
    assert.equal(first.violations, [])
    assert.ok(Number(first.done.blocks) > 20, `only ${first.done.blocks} blocks`)
    assert.is(clusterScenario.run(seed).trace, first.trace)
  })
}

/** 43: a validator stopped for good because its disk was full for a second. */
for (const seed of [43]) {
  test(`seed ${seed}, which once failed, holds`, () => {
    assert.equal(clusterScenario.run(seed).violations, [])
  })
}

test('the checkers find a validator that votes twice', () => {
  const { violations } = clusterScenario.run(1, { plant: 'double-vote' })
  assert.ok(
    violations.some((violation) => violation.startsWith('equivocation: 0 notarizes')),
    violations.join('; '),
  )
})

test.run()
