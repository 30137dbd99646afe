// A few seeds of the simulated rollup, one of them twice: no violation, the same course both times;
// and planted bugs, which must be found.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ROLLUP_PLANTS, rollupScenario } from './rollup/rollup-scenario.ts'

test('a seed holds and is the same when run again', () => {
  const first = rollupScenario.run(7)
  assert.equal(first.violations, [])
  assert.ok(Number(first.done.claims) > 4, `only ${first.done.claims} claims`)
  assert.ok(Number(first.done.transfers) > 20, `only ${first.done.transfers} transfers`)
  assert.ok(Number(first.done.compared) > 100, `only ${first.done.compared} accounts compared`)
  assert.is(rollupScenario.run(7).trace, first.trace)
})

/** Each of them must be said in one of the seeds. */
const SAYS: Readonly<Record<(typeof ROLLUP_PLANTS)[number], readonly RegExp[]>> = {
  'vote-unheld': [
    /^availability: v\d made claim \d+ final without its batch$/,
    /^lie: withheld is final as claim \d+ of shard 0$/,
  ],
  unwritten: [/^availability: v\d made claim \d+ final without its batch$/],
  'early-final': [/^lost: claim \d+ with transfer \d+\/\d+ was final, and is not$/],
  'other-balance': [/^state: v\d differs in account \d+$/],
  conspiracy: [/^lie: wrong-root is final as claim \d+ of shard 0$/],
  'final-below': [
    /^lost: claim \d+ with transfer \d+\/\d+ was final, and is not$/,
    /^lost: transfer \d+\/\d+ was final in claim \d+, then in claim \d+ /,
  ],
}

const SEEDS_MAX = 30

for (const plant of ROLLUP_PLANTS) {
  test(`the checkers find the planted bug ${plant}`, () => {
    let lacking = SAYS[plant]
    for (let seed = 1; seed <= SEEDS_MAX && lacking.length > 0; seed++) {
      const { violations } = rollupScenario.run(seed, { plant })
      lacking = lacking.filter((says) => !violations.some((one) => says.test(one)))
    }
    assert.equal(lacking, [], `not in ${SEEDS_MAX} seeds`)
  })
}

test.run()
