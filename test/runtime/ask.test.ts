// Asks: every one ends exactly once, whatever happens to its target, its host or the link between.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { str } from '../../lib/schema.ts'
import type { Failure } from '../../runtime/failure.ts'
import { ask, messages } from '../../runtime/messages.ts'
import { ended, linked, Probe, probe, type Setup, TestWorld } from '../kit/hosts.ts'

const WITHIN = { within: 100 }

/** The same ask to an actor here and to one across a link. */
async function both(
  setup: Setup,
  policy: Parameters<typeof probe>[1] = {},
): Promise<[unknown, unknown]> {
  const world = new TestWorld()
  const { a, b } = linked(world)
  a.spawn(probe(setup, policy), 'here', null)
  b.spawn(probe(setup, policy), 'b.there', null)
  const near = ended(a.edge.ask(Probe, 'here', 'Echo', 'x', WITHIN))
  const far = ended(a.edge.ask(Probe, 'b.there', 'Echo', 'x', WITHIN))
  world.run(1000)
  return [await near, await far]
}

test('replied', async () => {
  assert.equal(await both(() => ({ Echo: (text, reply) => reply(`${text}!`) })), ['x!', 'x!'])
})

test('replied later, in another turn', async () => {
  const setup: Setup = (ctx) => ({
    Echo: (text, reply) => ctx.after('later', 50, () => reply(text)),
  })
  assert.equal(await both(setup), ['x', 'x'])
})

test('expired: no reply within the deadline', async () => {
  assert.equal(await both(() => ({ Echo: () => {} })), ['!expired', '!expired'])
})

test('rejected: the mailbox is full', async () => {
  const full = { mailbox: { capacity: 0, overflow: 'reject' as const } }
  assert.equal(await both(() => ({}), full), ['!rejected', '!rejected'])
})

test('failed: the handler threw', async () => {
  const setup: Setup = () => ({
    Echo: () => {
      throw new Error('on purpose')
    },
  })
  assert.equal(await both(setup), ['!failed', '!failed'])
})

test('undecodable: the body is too long, or the reply', async () => {
  const world = new TestWorld()
  const { a, b } = linked(world)
  const chatty = probe(() => ({ Echo: (_, reply) => reply('y'.repeat(65)) }))
  a.spawn(chatty, 'here', null)
  b.spawn(chatty, 'b.there', null)
  for (const key of ['here', 'b.there']) {
    const long = ended(a.edge.ask(Probe, key, 'Echo', 'x'.repeat(65), WITHIN))
    const reply = ended(a.edge.ask(Probe, key, 'Echo', 'x', WITHIN))
    world.run(1000)
    assert.is(await long, '!undecodable', key)
    assert.is(await reply, '!undecodable', key)
  }
  const Other = messages('probe', 2, { Unknown: ask(str(), str()) })
  const unknown = ended(a.edge.ask(Other, 'b.there', 'Unknown', 'x', WITHIN))
  world.run(1000)
  assert.is(await unknown, '!undecodable', 'a verb the other side does not know')
})

test('no-such-actor: here and there', async () => {
  const world = new TestWorld()
  const { a } = linked(world)
  for (const key of ['nobody', 'b.nobody']) {
    const reply = ended(a.edge.ask(Probe, key, 'Echo', 'x', WITHIN))
    world.run(10)
    assert.is(await reply, '!no-such-actor', key)
  }
})

test('stopped: the target stops while the ask waits in its mailbox; the host stops', async () => {
  const world = new TestWorld()
  const { a, b } = linked(world)
  const stopper = probe((ctx) => ({ Note: () => ctx.stop() }))
  a.spawn(stopper, 'here', null)
  b.spawn(stopper, 'b.there', null)
  for (const key of ['here', 'b.there']) {
    a.edge.tell(Probe, key, 'Note', '')
    const reply = ended(a.edge.ask(Probe, key, 'Echo', 'x', WITHIN))
    world.run(10)
    assert.is(await reply, '!stopped', key)
  }
  a.spawn(
    probe(() => ({ Echo: () => {} })),
    'silent',
    null,
  )
  const waiting = ended(a.edge.ask(Probe, 'silent', 'Echo', 'x', { within: 1e9 }))
  world.run(10)
  await a.stop()
  assert.is(await waiting, '!stopped')
})

test('node-down: the link closes, is replaced, or is not there', async () => {
  const world = new TestWorld()
  const { a, b, cut } = linked(world)
  b.spawn(
    probe(() => ({ Echo: () => {} })),
    'b.silent',
    null,
  )
  const pending = ended(a.edge.ask(Probe, 'b.silent', 'Echo', 'x', { within: 1e9 }))
  world.run(10)
  cut()
  world.run(10)
  assert.is(await pending, '!node-down')
  assert.is(await ended(a.edge.ask(Probe, 'b.silent', 'Echo', 'x', WITHIN)), '!node-down')

  const again = linked(world)
  const replaced = ended(again.a.edge.ask(Probe, 'b.silent', 'Echo', 'x', { within: 1e9 }))
  again.a.attach('b', { send: () => true, onFrame() {}, onDrain() {}, onDown() {}, close() {} })
  world.run(10)
  assert.is(await replaced, '!node-down')
})

test('a failure names target, verb, age and cause', () => {
  const world = new TestWorld()
  const { a } = linked(world)
  const failures: Failure[] = []
  const asker = probe((ctx) => {
    ctx.ask(Probe, 'silent', 'Echo', 'x', {
      ...WITHIN,
      ok: () => assert.unreachable(),
      failed: (f) => failures.push(f),
    })
    return {}
  })
  a.spawn(
    probe(() => ({ Echo: () => {} })),
    'silent',
    null,
  )
  a.spawn(asker, 'asker', null)
  world.run(1000)
  assert.equal(failures, [
    {
      reason: 'expired',
      target: { kind: 'probe', key: 'silent' },
      verb: 'Echo',
      ageMs: 100,
      detail: 'no reply within 100 ms',
    },
  ])
})

test('late and double replies are counted and change nothing', async () => {
  const world = new TestWorld()
  const { a } = linked(world)
  const twice = probe((ctx) => ({
    Echo: (text, reply) => {
      reply(text)
      reply('again')
      ctx.after('much later', 500, () => reply('late'))
    },
    Count: (_, reply) => ctx.after('late', 500, () => reply(1)),
  }))
  a.spawn(twice, 'w', null)
  const echo = ended(a.edge.ask(Probe, 'w', 'Echo', 'x', WITHIN))
  const count = ended(a.edge.ask(Probe, 'w', 'Count', null, WITHIN))
  world.run(1000)
  assert.is(await echo, 'x')
  assert.is(await count, '!expired')
  assert.is(a.asks.lateReplies, 3)
})

test('the receiver drops what is already late when its turn comes', async () => {
  const world = new TestWorld()
  const { a, b } = linked(world)
  let handled = 0
  const slow = probe(() => ({
    Note: () => {
      throw new Error('back-off keeps the mailbox waiting')
    },
    Echo: () => {
      handled++
    },
  }))
  b.spawn({ ...slow, backoff: { firstMs: 500, maxMs: 500 } }, 'b.slow', null)
  a.edge.tell(Probe, 'b.slow', 'Note', '')
  const reply = ended(a.edge.ask(Probe, 'b.slow', 'Echo', 'x', WITHIN))
  world.run(1000)
  assert.is(await reply, '!expired')
  assert.is(handled, 0)
  assert.is(b.snapshot().deadLetterCounts.expired, 1)
})

test.run()
