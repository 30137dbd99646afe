// A few seeds of the simulated rollup, one of them twice: no violation, the same course both times;
// and planted bugs, which must be found.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { PLANTS } from './rollup/planted-shards.ts'
import { rollupScenario } from './rollup/rollup-scenario.ts'

test('a seed holds and is the same when run again', () => {
  const first = rollupScenario.run(7)
  assert.equal(first.violations, [])
  assert.ok(Number(first.done.claims) > 20, `only ${first.done.claims} claims`)
  assert.ok(Number(first.done.transfers) > 50, `only ${first.done.transfers} transfers`)
  assert.is(rollupScenario.run(7).trace, first.trace)
})

/** 11: claims that waited for their maker's turn woke leaders, whose views then passed. */
for (const seed of [11]) {
  test(`seed ${seed}, which once failed, holds`, () => {
    assert.equal(rollupScenario.run(seed).violations, [])
  })
}

const SAYS: Readonly<Record<(typeof PLANTS)[number], RegExp>> = {
  'vote-unheld': /^availability: v\d made claim \d+ final without its batch/,
  unwritten: /^availability: /,
  'early-final': /^lost: claim \d+ with transfer /,
}

const SEEDS_MAX = 12

for (const plant of PLANTS) {
  test(`the checkers find the planted bug ${plant}`, () => {
    for (let seed = 1; seed <= SEEDS_MAX; seed++) {
      const { violations } = rollupScenario.run(seed, { plant, safetyOnly: true })
      if (violations.some((one) => SAYS[plant].test(one))) return
    }
    assert.unreachable(`not in ${SEEDS_MAX} seeds`)
  })
}

test.run()
