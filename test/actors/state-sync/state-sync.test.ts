// State sync on a simulated world: several peers, some of which lie, and a node that is killed
// again and again. Whatever happens, it ends with the very rows of the chain, or with none.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex } from '../../../lib/hex.ts'
import { prng } from '../../../lib/prng.ts'
import { CHAIN_TABLES, META_FINAL } from '../../../protocol/state/tables.ts'
import { NO_FAULTS } from '../../../runtime/sim/faults.ts'
import { drawFaults, heal } from '../../sim/swarm.ts'
import { honest, NODE, rowsOf, served, source, syncWorld } from './sync-world.ts'

const STATE = [CHAIN_TABLES.accounts, CHAIN_TABLES.storage]

function hasChain(world: ReturnType<typeof syncWorld>['world']): boolean {
  return world.platter(NODE, 'chain').table(CHAIN_TABLES.meta).get(META_FINAL) !== undefined
}

function isWhole(world: ReturnType<typeof syncWorld>['world']): void {
  for (const table of STATE) {
    const wanted = source.store.range(table, { limit: 1e6 })
    assert.equal(
      rowsOf(world, table),
      new Map(wanted.map(([key, value]) => [bytesToHex(key), bytesToHex(value)])),
    )
  }
}

test('from honest peers: fetched from more than one, written, and nothing is left over', () => {
  const { world, ready } = syncWorld('calm', NO_FAULTS, ['honest', 'honest', 'busy'])
  world.runFor(30_000)
  assert.ok(hasChain(world))
  assert.is(ready(), 1)
  isWhole(world)
  assert.is(rowsOf(world, CHAIN_TABLES.sync).size, 0)
  assert.ok([...served.values()].filter(({ chunks }) => chunks > 3).length >= 2)
  // A node that has its chain asks nobody.
  world.crash(NODE)
  served.clear()
  world.start(NODE)
  world.runFor(5000)
  assert.is(ready(), 2)
  assert.is(served.size, 0)
})

test('a peer with bad chunks is not asked again; one with a made-up list is found out', () => {
  const bad = syncWorld('bad', NO_FAULTS, ['bad-chunks', 'honest', 'nothing'])
  bad.world.runFor(30_000)
  isWhole(bad.world)
  assert.is(bad.world.marks.get('state-sync-bad-chunk'), 2)
  const lies = syncWorld('lies', NO_FAULTS, ['false-manifest', 'honest'])
  lies.world.runFor(60_000)
  assert.ok(hasChain(lies.world))
  isWhole(lies.world)
})

test('nobody has it, or only liars do: the node has no chain and says so, and waits', () => {
  for (const kinds of [['nothing', 'nothing'], ['false-manifest'], ['bad-chunks']] as const) {
    const { world, ready } = syncWorld('nothing', NO_FAULTS, kinds)
    world.runFor(60_000)
    assert.not.ok(hasChain(world))
    assert.is(ready(), 0)
  }
})

test('killed in the middle, it goes on with the chunks it has', () => {
  const slow = { ...NO_FAULTS, disk: { ...NO_FAULTS.disk, commitMinMs: 200 } }
  const { world } = syncWorld('killed', slow, ['honest', 'honest'])
  let asked = 0
  for (let i = 0; i < 8 && !hasChain(world); i++) {
    world.runFor(1500)
    asked = [...served.values()].reduce((sum, { chunks }) => sum + chunks, 0)
    world.crash(NODE)
    world.start(NODE)
  }
  world.runFor(120_000)
  isWhole(world)
  assert.ok(world.marks.get('state-sync-resumed'))
  const all = [...served.values()].reduce((sum, { chunks }) => sum + chunks, 0)
  // Without what was kept, every life would have asked for all of them.
  assert.ok(all < 2 * honest.chunks.length, `${all} asked (${asked}) of ${honest.chunks.length}`)
})

test('8 seeds of crashes, torn disks, lossy links and liars', () => {
  let resumed = 0
  for (let seed = 0; seed < 8; seed++) {
    const random = prng(`state-sync/${seed}`)
    const kinds = ['honest', 'honest', 'bad-chunks', 'false-manifest', 'busy'] as const
    const { world, ready } = syncWorld(`state-sync/${seed}`, drawFaults(random), kinds)
    for (let i = 0; i < 6; i++) {
      world.runFor(200 + random.below(4000))
      if (hasChain(world)) isWhole(world)
      const victim = random.chance(0.6) ? NODE : `p${random.below(kinds.length)}`
      world.crash(victim)
      world.runFor(random.below(500))
      world.start(victim)
    }
    heal(world)
    world.runFor(180_000)
    assert.ok(hasChain(world), `seed ${seed} has no chain`)
    assert.ok(ready() > 0)
    isWhole(world)
    resumed += world.marks.get('state-sync-resumed') ?? 0
  }
  assert.ok(resumed > 0, 'no seed resumed')
})

test.run()
