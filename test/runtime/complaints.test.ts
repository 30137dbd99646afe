// What users of other actor runtimes complain of and no other test of ours shows: cycles of asks,
// crash loops that nobody sees, spinning while suspended, I/O that starves.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Host } from '../../runtime/host.ts'
import type { LogLine } from '../../runtime/ports.ts'
import { realClock, realEntropy, realScheduler } from '../../runtime/real-ports.ts'
import { MemoryStore } from '../../storage/memory/memory-store.ts'
import { ended, linked, Probe, probe, stateOf, TestWorld } from '../kit/hosts.ts'

test('actors that ask each other in a circle, over a link, do not block each other', async () => {
  const world = new TestWorld()
  const { a, b } = linked(world)
  const asker = (next: string) =>
    probe((ctx) => ({
      Echo: (text, reply) => {
        if (text.length === 7) return reply(text)
        ctx.ask(Probe, next, 'Echo', `${text}.`, {
          within: 500,
          ok: reply,
          failed: ({ reason }) => reply(`!${reason}`),
        })
      },
    }))
  a.spawn(asker('b.second'), 'first', null)
  b.spawn(asker('third'), 'b.second', null)
  a.spawn(asker('first'), 'third', null)
  const answers = ['1', '2'].map((text) =>
    ended(a.edge.ask(Probe, 'first', 'Echo', text, { within: 1000 })),
  )
  world.run(900)
  assert.equal(await Promise.all(answers), ['1......', '2......'])
})

test('an actor that asks itself gets its answer', async () => {
  const world = new TestWorld()
  const host = world.host('a')
  const self = probe((ctx) => ({
    Count: (_, reply) => reply(7),
    Echo: (_, reply) =>
      ctx.ask(Probe, 'w', 'Count', null, {
        within: 100,
        ok: (n) => reply(`${n}`),
        failed: ({ reason }) => reply(reason),
      }),
  }))
  host.spawn(self, 'w', null)
  const answer = ended(host.edge.ask(Probe, 'w', 'Echo', '', { within: 200 }))
  world.run(300)
  assert.is(await answer, '7')
})

/** An actor whose every start fails, and one that watches it. */
function neverStarts(failures: number) {
  const world = new TestWorld()
  const lines: LogLine[] = []
  const host = world.host('a', { log: (line) => lines.push(line) })
  const heard: string[] = []
  let starts = 0
  const doomed = probe(
    () => {
      starts++
      throw new Error('no database')
    },
    {
      intensity: { failures, withinMs: 10_000_000 },
      backoff: { firstMs: 100, maxMs: 1000 },
    },
  )
  const watcher = probe((ctx) => {
    ctx.watch({ kind: 'probe', key: 'doomed' }, (why) => heard.push(why))
    return {}
  })
  host.spawn(doomed, 'doomed', null)
  host.spawn(watcher, 'watcher', null)
  return { world, host, lines, heard, starts: () => starts }
}

test('a crash loop is seen and ends: each failure is logged with actor, place and incarnation', () => {
  const { world, host, lines, heard, starts } = neverStarts(3)
  world.run(10_000)
  const failures = lines.filter(({ event }) => event === 'actor failed')
  assert.equal(
    failures.map(({ actor, fields }) => [actor?.key, fields?.what, fields?.incarnation]),
    [0, 1, 2, 3].map((incarnation) => ['doomed', 'setup', incarnation]),
  )
  assert.match(String(failures[0]?.fields?.error), 'no database')
  assert.is(starts(), 4)
  assert.equal(heard, ['failed'])
  assert.is(stateOf(host, 'doomed'), undefined)
})

test('an ask to an actor that cannot start ends, and so does every later one', async () => {
  const { world, host } = neverStarts(2)
  const while_ = ended(host.edge.ask(Probe, 'doomed', 'Echo', 'x', { within: 60_000 }))
  world.run(10_000)
  assert.is(await while_, '!stopped')
  const after = ended(host.edge.ask(Probe, 'doomed', 'Echo', 'x', { within: 60_000 }))
  world.run(10)
  assert.is(await after, '!no-such-actor')
})

test('a suspended actor with a full mailbox costs no turn until it is back', () => {
  const world = new TestWorld()
  let turns = 0
  const host = world.host('a', {
    scheduler: (turn) => {
      turns++
      world.time.after(0, turn)
    },
  })
  const seen: string[] = []
  const worker = probe(
    () => ({
      Note: (text) => {
        if (text === 'fail') throw new Error('on purpose')
        seen.push(text)
      },
    }),
    { backoff: { firstMs: 60_000, maxMs: 60_000 } },
  )
  host.spawn(worker, 'w', null)
  host.edge.tell(Probe, 'w', 'Note', 'fail')
  for (let i = 0; i < 50; i++) host.edge.tell(Probe, 'w', 'Note', `${i}`)
  world.run(1)
  const before = turns
  for (let i = 50; i < 60; i++) host.edge.tell(Probe, 'w', 'Note', `${i}`)
  world.run(59_000)
  assert.is(stateOf(host, 'w'), 'restarting')
  assert.ok(turns - before <= 10, `${turns - before} turns while it could do nothing`)
  world.run(2000)
  assert.is(seen.length, 60)
})

test('a flood of messages does not keep timers and I/O from their turn', async () => {
  const host = new Host({
    name: 'a',
    place: () => 'a',
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: () => new MemoryStore(),
    tasks: { start: () => () => {} },
    log: () => {},
  })
  let handled = 0
  let open = true
  const restless = probe((ctx) => ({
    Note: () => {
      handled++
      if (open) ctx.tell(Probe, ctx.self.key === 'x' ? 'y' : 'x', 'Note', '')
    },
  }))
  for (const key of ['x', 'y']) host.spawn(restless, key, null)
  host.edge.tell(Probe, 'x', 'Note', '')
  for (let i = 0; i < 5; i++) {
    const before = handled
    await new Promise((next) => setTimeout(next, 1))
    await new Promise((next) => setImmediate(next))
    assert.ok(handled > before, 'the actors stand still')
  }
  open = false
  await host.stop()
})

test.run()
