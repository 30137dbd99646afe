// Actors that live once in a cluster, under changes of members, delays and partitions: never two
// that can write, every one at its owner when things settle, nothing lost that was acknowledged.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HANDOFF_WAIT_MS } from '../../../config/limits.ts'
import { utf8 } from '../../../lib/bytes.ts'
import { prng } from '../../../lib/prng.ts'
import { Fenced, FencedStore } from '../../../runtime/placement/fenced-store.ts'
import { rendezvous } from '../../../runtime/placement/rendezvous.ts'
import { ref } from '../../../runtime/ref.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { HandoffWorld, HOSTS, KEYS } from './handoff-world.ts'

type Step =
  | { type: 'members'; members: string[]; told: string[] }
  | { type: 'cut'; a: string; b: string }
  | { type: 'heal'; a: string; b: string }
  | { type: 'add'; from: string; key: string; times: number }
  | { type: 'wait'; ms: number }

const host = fc.constantFrom(...HOSTS)
const pair = fc
  .subarray(HOSTS, { minLength: 2, maxLength: 2 })
  .map(([a, b]) => ({ a: a as string, b: b as string }))
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('members' as const),
      members: fc.subarray(HOSTS, { minLength: 1 }),
      told: fc.subarray(HOSTS),
    }),
  },
  { weight: 2, arbitrary: pair.map((two) => ({ type: 'cut' as const, ...two })) },
  { weight: 1, arbitrary: pair.map((two) => ({ type: 'heal' as const, ...two })) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('add' as const),
      from: host,
      key: fc.constantFrom(...KEYS),
      times: fc.integer({ min: 1, max: 5 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      ms: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constant(HANDOFF_WAIT_MS)),
    }),
  },
)

/** Once another incarnation has written, the one before it never writes again. */
function checkWriters(world: HandoffWorld): void {
  for (const key of KEYS) {
    const past = new Set<string>()
    let present: string | undefined
    for (const writer of world.store(key).writers) {
      if (writer === present) continue
      assert.not.ok(past.has(writer), `${writer} wrote ${key} after its successor`)
      if (present) past.add(present)
      present = writer
    }
  }
}

function checkOwned(world: HandoffWorld): void {
  for (const key of KEYS) {
    const owner = rendezvous(`ledger/${key}`, world.view.members)
    assert.equal(world.owners(ref('ledger', key)), [owner], `${key} in ${world.view.members}`)
  }
}

function checkKept(world: HandoffWorld): void {
  for (const key of KEYS) {
    const { ids, total } = world.stored(key)
    for (const id of world.acknowledged.get(key) ?? []) assert.ok(ids.has(id), `${id} is lost`)
    assert.is(total, ids.size, `${key}: a writer overwrote another's total`)
  }
}

let sent = 0

async function play(world: HandoffWorld, steps: readonly Step[]): Promise<void> {
  for (const one of steps) {
    if (one.type === 'members') world.members(one.members, one.told)
    else if (one.type === 'cut') world.cut(one.a, one.b)
    else if (one.type === 'heal') world.heal(one.a, one.b)
    else if (one.type === 'wait') await world.run(one.ms)
    else for (let i = 0; i < one.times; i++) world.add(one.from, one.key, `${one.key}-${sent++}`)
    checkWriters(world)
  }
}

/** Everybody is reachable and hears of the newest members. */
async function settle(world: HandoffWorld): Promise<void> {
  for (const [i, a] of HOSTS.entries()) for (const b of HOSTS.slice(i + 1)) world.heal(a, b)
  world.tell(world.view, HOSTS)
  await world.run(3 * HANDOFF_WAIT_MS)
}

/** h3 hears that k2 is its own again while it is taking it under a view that has passed. */
const REFUSED_UNDER_AN_OLD_VIEW: Step[] = [
  { type: 'add', from: 'h0', key: 'k0', times: 1 },
  { type: 'members', members: ['h3', 'h4'], told: ['h2', 'h3'] },
  { type: 'members', members: ['h4'], told: ['h2', 'h4'] },
  { type: 'add', from: 'h0', key: 'k0', times: 1 },
  { type: 'wait', ms: 5 },
  { type: 'add', from: 'h0', key: 'k0', times: 1 },
  { type: 'members', members: ['h2', 'h3', 'h4'], told: ['h2', 'h4'] },
  { type: 'add', from: 'h0', key: 'k0', times: 1 },
  { type: 'wait', ms: 10_000 },
]

test('members change, links break: one writer at a time, all owned, nothing lost', async () => {
  let acknowledged = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.integer(),
      async (steps, seed) => {
        const world = new HandoffWorld(prng(`handoff ${seed}`))
        await world.run(500)
        await play(world, steps)
        await settle(world)
        checkOwned(world)
        for (const from of HOSTS) for (const key of KEYS) world.add(from, key, `${key}-end-${from}`)
        await world.run(5000)
        checkWriters(world)
        checkKept(world)
        assert.is(world.ended.ended, world.ended.asked, 'every ask ended')
        for (const key of KEYS) {
          const ids = world.acknowledged.get(key) ?? new Set()
          for (const from of HOSTS) assert.ok(ids.has(`${key}-end-${from}`), `${from} → ${key}`)
          acknowledged += ids.size
        }
      },
    ),
    { numRuns: 150, includeErrorInReport: true, examples: [[REFUSED_UNDER_AN_OLD_VIEW, -1713693]] },
  )
  assert.ok(acknowledged >= 150 * HOSTS.length * KEYS.length)
})

test('messages that come while an actor is on its way are handled by its new owner', async () => {
  const world = new HandoffWorld(prng('on its way'))
  await world.run(500)
  const [key] = KEYS as [string]
  const owner = rendezvous(`ledger/${key}`, HOSTS)
  const rest = HOSTS.filter((name) => name !== owner)
  // All but the owner know of the change: it still runs the actor while others write to the next.
  world.members(rest, rest)
  await world.run(400)
  for (let i = 0; i < 40; i++) {
    world.add(rest[i % rest.length] as string, key, `early-${i}`)
    if (i % 4 === 0) await world.run(30)
  }
  world.tell(world.view, [owner])
  await world.run(3000)
  assert.is(world.ended.ended, 40)
  assert.is(world.acknowledged.get(key)?.size, 40)
  checkWriters(world)
  checkKept(world)
})

test('an owner that is cut off and knows of nothing can no longer write', async () => {
  const world = new HandoffWorld(prng('cut off'))
  await world.run(500)
  const [key] = KEYS as [string]
  const owner = rendezvous(`ledger/${key}`, HOSTS)
  const rest = HOSTS.filter((name) => name !== owner)
  for (const other of rest) world.cut(...([owner, other].sort() as [string, string]))
  world.members(rest, rest)
  await world.run(1000)
  assert.is(world.owners(ref('ledger', key)).length, 2)
  world.add(owner, key, 'late')
  world.add(rest[0] as string, key, 'right')
  await world.run(5000)
  assert.equal([...(world.acknowledged.get(key) ?? [])], ['right'])
  assert.equal([...world.stored(key).ids], ['right'])
  assert.equal(world.owners(ref('ledger', key)), [rendezvous(`ledger/${key}`, rest)])
})

test('a store refuses a smaller fence, also in commits that were begun before the larger one', () => {
  const store = new MemoryStore()
  const target = ref('ledger', 'a')
  const outcome = (use: (done: (error?: Error) => void) => void) =>
    new Promise<Error | undefined>((resolve) => use(resolve))
  return (async () => {
    let superseded = 0
    const first = new FencedStore(store, target, { fence: 1 }, () => superseded++)
    const second = new FencedStore(store, target, { fence: 2 })
    const put = (value: string) => [{ table: 't', key: utf8('x'), value: utf8(value) }]
    assert.is(await outcome((done) => first.take(done)), undefined)
    assert.is(await outcome((done) => first.commit(put('1'), done)), undefined)
    assert.is(await outcome((done) => second.take(done)), undefined)
    assert.instance(await outcome((done) => first.commit(put('late'), done)), Fenced)
    assert.instance(await outcome((done) => first.take(done)), Fenced)
    assert.is(superseded, 1)
    assert.is(await outcome((done) => second.commit(put('2'), done)), undefined)
    assert.equal(store.get('t', utf8('x')), utf8('2'))
    // Another actor of the same store has a fence of its own.
    const other = new FencedStore(store, ref('ledger', 'b'), { fence: 1 })
    assert.is(await outcome((done) => other.take(done)), undefined)
  })()
})

test.run()
