// A shard that nobody serves is frozen, and everybody takes his money out under faults: the records
// of accounts, what locks hold, a message that was never consumed. In one seed all of it is seen,
// and the bug that is planted there: what locks held is paid again.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { shardsScenario } from './shards/shards-scenario.ts'

const SEED = 59

test('all leave a frozen shard, and the checkers find the planted bug pay-again', () => {
  const { violations, done, marks } = shardsScenario.run(SEED, { plant: 'pay-again' })
  assert.ok(violations.length > 0)
  for (const one of violations) assert.match(one, /^exit: lock \d+ is paid a second time$/)
  assert.ok(Number(done.left) > 30, `only ${done.left} were paid`)
  assert.is(marks['shard-frozen'], 4)
})

test.run()
