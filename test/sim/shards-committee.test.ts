// Shards with committees: a seed holds in which a node outside votes by the certificate; and where
// a whole committee lies, its shard stands in dispute, all else goes on.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { prng } from '../../lib/prng.ts'
import { NO_FAULTS } from '../../runtime/sim/faults.ts'
import { ToldLies } from './rollup/lies.ts'
import { NODES } from './rollup/rollup-nodes.ts'
import { withFalseMembers } from './shards/planted-committee.ts'
import { shardsChain } from './shards/shards-chain.ts'
import { ShardsChecker } from './shards/shards-checker.ts'
import { startShardsWorld } from './shards/shards-cluster.ts'
import { shardsScenario } from './shards/shards-scenario.ts'

/** Committees of three, and a liar in some of them. */
const COMMITTEES = 17
/** Of four: the sequencer of one shard. */
const LIAR = 1

test('a seed holds with committees, who is outside votes by their certificates', () => {
  const { violations, marks, done } = shardsScenario.run(COMMITTEES)
  assert.equal(violations, [])
  assert.is(done.seats, 3)
  assert.ok(Number(done.claims) > 20, `only ${done.claims} claims`)
  for (const mark of ['shard-certified', 'shard-voted-by-certificate', 'lied-attested']) {
    assert.ok((marks[mark] ?? 0) > 0, mark)
  }
})

test('a committee that lies has its shard disputed; the other goes on, also after a start', () => {
  withFalseMembers('attest-unchecked', () => {
    const chain = shardsChain(2, 3)
    const told = new ToldLies('wrong-root')
    const liars = { indices: [LIAR], lie: 'wrong-root', told } as const
    const setting = { chain, liars, random: prng('false committee') }
    const { world, log } = startShardsWorld('false committee', NO_FAULTS, setting)
    const honest = NODES.filter((_, i) => i !== LIAR)
    const checker = new ShardsChecker(world, log, chain, told, honest)
    const numbers = (node: string) => {
      checker.check()
      return [...checker.numbersOf(node)]
    }
    world.runFor(2500)
    const before = numbers('v2')
    const lie = checker.violations.find((one) => one.startsWith('lie: '))
    const shard = Number(lie?.split('shard ')[1])
    assert.ok(shard === 0 || shard === 1, checker.violations.join('; '))
    assert.ok((world.marks.get('shard-disputed') ?? 0) >= honest.length)
    world.crash('v2')
    world.start('v2')
    world.runFor(3000)
    const after = numbers('v2')
    assert.ok(
      (after[1 - shard] as number) > (before[1 - shard] as number) + 2,
      `${before} ${after}`,
    )
  })
})

test.run()
