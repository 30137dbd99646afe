// A planted bug of shards whose number changes, which the checkers must find: parcels consumed
// under both numberings.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { RESHARD_PLANTS } from './reshard/planted-reshard.ts'
import { reshardScenario } from './reshard/reshard-scenario.ts'

for (const plant of RESHARD_PLANTS) {
  test(`the checkers find the planted bug ${plant}`, () => {
    const { violations } = reshardScenario.run(5, { plant })
    assert.ok(
      violations.some((one) => /^(parcel|progress): /.test(one)),
      violations.join('; '),
    )
  })
}

test.run()
