// Restarts: the corners of supervision, where a first start fails, an actor stops itself, or many
// siblings fail at once.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Probe, probe, stateOf, TestWorld } from '../kit/hosts.ts'

const fail = (text: string) => {
  if (text === 'fail') throw new Error('on purpose')
}
const KINDS = ['permanent', 'transient', 'temporary'] as const

test('permanent and transient restart after a failure, temporary does not', () => {
  const world = new TestWorld()
  const host = world.host('a')
  for (const restart of KINDS) {
    host.spawn(
      probe(() => ({ Note: fail }), { restart }),
      restart,
      null,
    )
    host.edge.tell(Probe, restart, 'Note', 'fail')
  }
  world.run(100)
  assert.is(stateOf(host, 'permanent'), 'running')
  assert.is(stateOf(host, 'transient'), 'running')
  assert.is(stateOf(host, 'temporary'), undefined)
})

test('an actor that stops itself is gone for good, whatever its kind', () => {
  const world = new TestWorld()
  const host = world.host('a')
  let starts = 0
  for (const restart of KINDS) {
    const stopper = probe(
      (ctx) => {
        starts++
        return { Note: () => ctx.stop() }
      },
      { restart },
    )
    host.spawn(stopper, restart, null)
    host.edge.tell(Probe, restart, 'Note', 'stop')
  }
  world.run(60_000)
  assert.equal(host.snapshot().actors, [])
  assert.is(starts, 3)
})

test('an actor that stops itself while it starts leaves no child behind', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const parent = probe((ctx) => {
    ctx.stop()
    ctx.spawn(
      probe(() => ({})),
      'child',
      null,
    )
    return {}
  })
  host.spawn(parent, 'parent', null)
  world.run(100)
  assert.equal(host.snapshot().actors, [])
})

test('intensity is per child: five siblings that fail once each do not kill each other', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const child = probe(() => ({ Note: fail }), { intensity: { failures: 1, withinMs: 10_000 } })
  const keys = ['c1', 'c2', 'c3', 'c4', 'c5']
  const parent = probe((ctx) => {
    for (const key of keys) ctx.spawn(child, key, null)
    return {}
  })
  host.spawn(parent, 'parent', null)
  for (const key of keys) host.edge.tell(Probe, key, 'Note', 'fail')
  world.run(1000)
  for (const key of keys) assert.is(stateOf(host, key), 'running')
  host.edge.tell(Probe, 'c3', 'Note', 'fail')
  world.run(1000)
  assert.is(stateOf(host, 'c3'), undefined, 'the second failure within the window is one too many')
  assert.is(stateOf(host, 'c2'), 'running')
  assert.is(stateOf(host, 'parent'), 'running')
})

test('the back-off doubles up to its maximum and starts over after a quiet window', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const startedAt: number[] = []
  let failAtStart = 5
  const policy = {
    intensity: { failures: 10, withinMs: 10_000 },
    backoff: { firstMs: 10, maxMs: 50 },
  }
  const child = probe(() => {
    startedAt.push(world.time.now)
    if (failAtStart-- > 0) throw new Error('setup')
    return { Note: fail }
  }, policy)
  host.spawn(child, 'c', null)
  world.run(1000)
  assert.equal(startedAt, [0, 10, 30, 70, 120, 170], 'a throw in setup is a failure like any other')
  assert.is(stateOf(host, 'c'), 'running')
  world.run(20_000)
  const at = world.time.now
  host.edge.tell(Probe, 'c', 'Note', 'fail')
  world.run(100)
  assert.is(startedAt.at(-1), at + 10)
})

test('a root whose first setup throws restarts, whatever its strategy', () => {
  for (const strategy of ['one-for-one', 'one-for-all', 'rest-for-one'] as const) {
    const world = new TestWorld()
    const host = world.host('a')
    let elder = 0
    let runs = 0
    const bystander = probe(() => {
      elder++
      return {}
    })
    host.spawn(bystander, 'elder', null)
    const late = probe(() => {
      if (runs++ === 0) throw new Error('setup')
      return {}
    })
    host.spawn(late, 'late', null, strategy)
    world.run(100)
    assert.is(stateOf(host, 'late'), 'running', strategy)
    assert.is(elder, strategy === 'one-for-all' ? 2 : 1, strategy)
  }
})

test('children die with their parent, youngest first, and start anew with it', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const events: string[] = []
  const child = probe((ctx) => {
    events.push(`+${ctx.self.key}`)
    return { stopping: () => events.push(`-${ctx.self.key}`) }
  })
  const parent = probe((ctx) => {
    ctx.spawn(child, 'c1', null)
    ctx.spawn(child, 'c2', null)
    return { Note: fail }
  })
  host.spawn(parent, 'parent', null)
  host.edge.tell(Probe, 'parent', 'Note', 'fail')
  world.run(100)
  assert.equal(events, ['+c1', '+c2', '-c2', '-c1', '+c1', '+c2'])
})

/** Three siblings that write down their starts and ends; the second fails when it is told to. */
function siblings(
  strategy: 'one-for-all' | 'rest-for-one',
  more: (key: string) => void = () => {},
) {
  const world = new TestWorld()
  const host = world.host('a')
  const events: string[] = []
  for (const key of ['1', '2', '3']) {
    const child = probe((ctx) => {
      events.push(`+${ctx.self.key} at ${world.time.now}`)
      more(key)
      return { Note: fail }
    })
    host.spawn(child, key, null, strategy)
  }
  events.length = 0
  return { world, host, events }
}

test('siblings that restart together start in order, and one that fails at its start holds up all', () => {
  let broken = 0
  const { world, host, events } = siblings('one-for-all', (key) => {
    if (key === '2' && broken-- > 0) throw new Error('setup')
  })
  broken = 2
  host.edge.tell(Probe, '2', 'Note', 'fail')
  world.run(1000)
  assert.equal(events, [
    ...['+1 at 10', '+2 at 10'],
    ...['+1 at 30', '+2 at 30'],
    ...['+1 at 70', '+2 at 70', '+3 at 70'],
  ])
})

test('a quick failure of one sibling does not shorten the back-off of another', () => {
  const { world, host, events } = siblings('rest-for-one')
  for (let i = 0; i < 3; i++) {
    host.kill({ kind: 'probe', key: '2' })
    world.run(100)
  }
  events.length = 0
  const now = world.time.now
  host.kill({ kind: 'probe', key: '2' })
  host.kill({ kind: 'probe', key: '1' })
  world.run(1000)
  assert.equal(
    events,
    ['1', '2', '3'].map((key) => `+${key} at ${now + 80}`),
  )
})

test('a temporary sibling is stopped, not restarted, with the others', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const child = probe(() => ({ Note: fail }))
  host.spawn(child, 'permanent', null, 'one-for-all')
  host.spawn({ ...child, restart: 'temporary' }, 'temporary', null, 'one-for-all')
  host.edge.tell(Probe, 'permanent', 'Note', 'fail')
  world.run(100)
  assert.is(stateOf(host, 'permanent'), 'running')
  assert.is(stateOf(host, 'temporary'), undefined)
})

test.run()
