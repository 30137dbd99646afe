// A seed in which the number of shards changes under faults: no violation. The sweep has many
// (npm run sim -- --scenario reshard).

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { reshardScenario } from './reshard/reshard-scenario.ts'

test('a seed holds: two shards become one under faults, and nobody gains or loses', () => {
  const { violations, done, marks } = reshardScenario.run(1)
  assert.equal(violations, [])
  const { before = 0, after = 0, consumed = 0, compared = 0 } = done
  assert.ok(before > 10 && after > 20 && consumed > 5 && compared > 10, JSON.stringify(done))
  assert.ok(marks['shard-ended'] && marks['shards-renumbered'] && marks['shard-closed'])
})

test.run()
