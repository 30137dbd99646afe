// Planted bugs of the simulated shards, which the checkers must find.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { CommitteePlant } from './shards/planted-committee.ts'
import type { MoneyPlant } from './shards/planted-money.ts'
import { shardsScenario } from './shards/shards-scenario.ts'

/** The rest is in shards-frozen.test.ts: its seeds are long. */
const SAYS: Readonly<Record<Exclude<MoneyPlant, 'pay-again'> | CommitteePlant, RegExp>> = {
  'attest-unchecked': /^lie: wrong-root is final as claim \d+ of shard \d$/,
  'drop-parcel': /^arrival: parcel 0\/\d+\/\d+ waits$/,
  'consume-again':
    /^parcel: \d+\/\d+\/\d+ is consumed again, or never was \(claim \d+ of shard \d\)$/,
  'lock-again': /^lock: \d+\/\d+ is filled a second time \(claim \d+ of shard \d\)$/,
}

const SEEDS_MAX = 12

for (const [plant, says] of Object.entries(SAYS)) {
  test(`the checkers find the planted bug ${plant}`, () => {
    const seen: string[] = []
    for (let seed = 1; seed <= SEEDS_MAX; seed++) {
      const { violations } = shardsScenario.run(seed, { plant })
      if (violations.some((one) => says.test(one))) return
      seen.push(...violations)
    }
    assert.unreachable(`not in ${SEEDS_MAX} seeds, but ${seen.join('; ')}`)
  })
}

test.run()
