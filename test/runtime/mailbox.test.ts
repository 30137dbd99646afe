// Mailboxes: lanes, overflow, order, and what survives a restart.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ended, linked, Probe, probe, TestWorld } from '../kit/hosts.ts'

test('a restart loses the failing message only, which becomes a dead letter with its cause', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const seen: string[] = []
  const worker = probe(() => ({
    Note: (text) => {
      if (text === 'bad') throw new Error('cannot take it')
      seen.push(text)
    },
  }))
  host.spawn(worker, 'w', null)
  for (const text of ['1', 'bad', '2', '3']) host.edge.tell(Probe, 'w', 'Note', text)
  world.run(100)
  assert.equal(seen, ['1', '2', '3'])
  const { deadLetters } = host.snapshot()
  assert.is(deadLetters.length, 1)
  assert.is(deadLetters[0]?.reason, 'failed')
  assert.is(deadLetters[0]?.verb, 'Note')
  assert.match(deadLetters[0]?.detail ?? '', 'cannot take it')
})

test('control messages overtake data messages', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const seen: string[] = []
  const worker = probe(() => ({ Note: (t) => seen.push(t), Urgent: (t) => seen.push(t) }))
  host.spawn(worker, 'w', null)
  for (const text of ['d1', 'd2']) host.edge.tell(Probe, 'w', 'Note', text)
  for (const text of ['c1', 'c2']) host.edge.tell(Probe, 'w', 'Urgent', text)
  world.run()
  assert.equal(seen, ['c1', 'c2', 'd1', 'd2'])
})

for (const [overflow, kept, lost] of [
  ['reject', ['0', '1', '2'], '!rejected'],
  ['drop-oldest', ['2', '3', '4'], 'echo'],
] as const) {
  test(`overflow ${overflow}: capacity per lane, the rest are dead letters, askers hear of it`, async () => {
    const world = new TestWorld()
    const host = world.host('a')
    const seen: string[] = []
    const worker = probe(() => ({ Note: (t) => seen.push(t), Urgent: (t) => seen.push(t) }), {
      mailbox: { capacity: 3, overflow },
    })
    host.spawn(worker, 'w', null)
    for (let i = 0; i < 5; i++) host.edge.tell(Probe, 'w', 'Note', `${i}`)
    host.edge.tell(Probe, 'w', 'Urgent', 'c')
    world.run()
    assert.equal(seen, ['c', ...kept])
    assert.is(host.snapshot().deadLetterCounts.rejected, 2)
    assert.is(host.snapshot().actors[0]?.highWater, 4)

    const first = ended(host.edge.ask(Probe, 'w', 'Echo', 'first', { within: 50 }))
    for (let i = 0; i < 2; i++) host.edge.tell(Probe, 'w', 'Note', 'n')
    const last = ended(host.edge.ask(Probe, 'w', 'Echo', 'echo', { within: 50 }))
    world.run()
    assert.is(await last, lost)
    assert.is(await first, overflow === 'reject' ? 'first' : '!rejected')
  })
}

test('what one actor tells another arrives in order, on one host and across a link', () => {
  const world = new TestWorld()
  const { a, b } = linked(world)
  const seen: Record<string, number[]> = {}
  const sink = probe((ctx) => ({
    Pair: ({ n }) => {
      const list = seen[ctx.self.key] ?? []
      list.push(n)
      seen[ctx.self.key] = list
    },
  }))
  const policy = { mailbox: { capacity: 5000, overflow: 'reject' as const } }
  a.spawn({ ...sink, ...policy }, 'here', null)
  b.spawn({ ...sink, ...policy }, 'b.there', null)
  const source = probe((ctx) => ({
    Note: () => {
      for (let n = 0; n < 1000; n++) {
        ctx.tell(Probe, 'here', 'Pair', { n, text: '' })
        ctx.tell(Probe, 'b.there', 'Pair', { n, text: '' })
      }
    },
  }))
  a.spawn(source, 'source', null)
  for (let i = 0; i < 3; i++) {
    a.edge.tell(Probe, 'source', 'Note', '')
    world.run(10)
  }
  const expected = Array.from({ length: 3000 }, (_, i) => i % 1000)
  assert.equal(seen.here, expected)
  assert.equal(seen['b.there'], expected)
})

test('a busy actor does not keep the others waiting: turns are sliced', () => {
  const world = new TestWorld()
  const host = world.host('a')
  const order: string[] = []
  const worker = probe((ctx) => ({ Note: () => order.push(ctx.self.key) }), {
    mailbox: { capacity: 1000, overflow: 'reject' },
  })
  host.spawn(worker, 'busy', null)
  host.spawn(worker, 'quiet', null)
  for (let i = 0; i < 1000; i++) host.edge.tell(Probe, 'busy', 'Note', '')
  host.edge.tell(Probe, 'quiet', 'Note', '')
  world.run()
  assert.is(order.length, 1001)
  assert.ok(order.indexOf('quiet') < 200, `came after ${order.indexOf('quiet')} others`)
})

test.run()
