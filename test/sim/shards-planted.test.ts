// Planted bugs of the simulated shards, which the checkers must find.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ParcelPlant } from './shards/planted-parcels.ts'
import { shardsScenario } from './shards/shards-scenario.ts'

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
