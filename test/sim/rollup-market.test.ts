// Market settlement in two shards beside transfers: locks are settled in their own shard and by
// parcels, or given back when they expire; nodes crash and start again meanwhile, and all agree.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { prng } from '../../lib/prng.ts'
import { NO_FAULTS } from '../../runtime/sim/faults.ts'
import { MarketLog, spawnMarket } from './shards/market-group.ts'
import { marketChain } from './shards/shards-chain.ts'
import { startShardsWorld } from './shards/shards-cluster.ts'

function start(seed: string) {
  const chain = marketChain(2)
  const log = new MarketLog()
  const { world } = startShardsWorld(seed, NO_FAULTS, {
    chain,
    random: prng(seed),
    guests: (host) => spawnMarket(host, chain, log),
  })
  return { world, log }
}

test('locks are settled, expire and come back, through crashes', () => {
  const { world, log } = start('market')
  world.runFor(5000)
  world.crash('v1')
  world.runFor(1000)
  world.start('v1')
  world.runFor(3000)
  world.crash('v2')
  world.start('v2')
  world.runFor(6000)
  assert.equal(log.violations, [])
  const { locked, settled, refunded, crossed } = log
  const said = JSON.stringify({ locked, settled, refunded, crossed, roots: log.roots.size })
  assert.ok(settled > 10 && refunded > 3 && crossed > 3, said)
  assert.ok((world.marks.get('shard-restarted') ?? 0) >= 2)
})

test.run()
