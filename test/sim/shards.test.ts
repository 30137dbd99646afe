// A few seeds of the simulated shards, one of them twice: no violation, the same course both times;
// and planted bugs, which must be found.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ParcelPlant } from './shards/planted-parcels.ts'
import { shardsScenario } from './shards/shards-scenario.ts'

test('a seed holds, and money crosses shards', () => {
  const first = shardsScenario.run(1)
  assert.equal(first.violations, [])
  assert.ok(Number(first.done.consumed) > 20, `only ${first.done.consumed} parcels`)
  const again = () => shardsScenario.run(2, { safetyOnly: true }).trace
  assert.is(again(), again())
})

const SAYS: Readonly<Record<ParcelPlant, RegExp>> = {
  'drop-parcel': /^(arrival|progress): /,
  'consume-twice': /^(arrival|progress): /,
}

for (const [plant, says] of Object.entries(SAYS)) {
  test(`the checkers find the planted bug ${plant}`, () => {
    const { violations } = shardsScenario.run(1, { plant })
    assert.ok(
      violations.some((one) => says.test(one)),
      violations.join('; '),
    )
  })
}

test.run()
