// Scheduling extremes, on the real clock: "pure setImmediate costs microseconds a hop, pure
// microtasks livelock the loop" (actor-ts #1205 #1167). A host does neither.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Host, type HostOptions } from '../../runtime/host.ts'
import { realClock, realEntropy, realScheduler } from '../../runtime/real-ports.ts'
import { MemoryStore } from '../../storage/memory/memory-store.ts'
import { Probe, probe, type Setup } from '../kit/hosts.ts'

function realHost(more: Partial<HostOptions> = {}): Host {
  return new Host({
    name: 'a',
    place: () => 'a',
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: () => new MemoryStore(),
    tasks: { start: () => () => {} },
    log: () => {},
    ...more,
  })
}

/** Two actors that tell each other for ever. */
const forever: Setup = (ctx) => ({
  Note: () => ctx.tell(Probe, ctx.self.key === 'x' ? 'y' : 'x', 'Note', ''),
})

test('a host that is busy for ever still serves timers and I/O', async () => {
  const host = realHost()
  for (const key of ['x', 'y']) host.spawn(probe(forever), key, null)
  host.edge.tell(Probe, 'x', 'Note', '')
  const served: string[] = []
  const timer = new Promise<void>((resolve) =>
    setTimeout(() => {
      served.push('timer')
      resolve()
    }, 20),
  )
  const { readFile } = await import('node:fs/promises')
  const io = readFile(new URL(import.meta.url)).then(() => served.push('i/o'))
  await Promise.all([timer, io])
  assert.equal(served.sort(), ['i/o', 'timer'])
  assert.ok((host.snapshot().actors[0]?.handled ?? 0) > 100, 'and it did work')
  await host.stop()
})

test('slow handlers give way after their time, not only after their number', async () => {
  const host = realHost()
  const slow = probe(() => ({
    Note: () => {
      const until = performance.now() + 1
      while (performance.now() < until) {}
    },
  }))
  host.spawn({ ...slow, mailbox: { capacity: 5000, overflow: 'reject' } }, 'w', null)
  for (let i = 0; i < 1000; i++) host.edge.tell(Probe, 'w', 'Note', '')
  await new Promise((resolve) => setTimeout(resolve, 1))
  const depth = host.snapshot().actors[0]?.depth ?? 0
  assert.ok(depth > 0, 'the timer ran before a second of work was done')
  await host.stop()
})

test('a hop costs no turn of the event loop', async () => {
  const host = realHost()
  let loops = 0
  let counting = true
  const count = () => {
    loops++
    if (counting) setImmediate(count)
  }
  let left = 1000
  const done = new Promise<void>((resolve) => {
    const pair: Setup = (ctx) => ({
      Note: () => {
        if (--left === 0) resolve()
        else ctx.tell(Probe, ctx.self.key === 'x' ? 'y' : 'x', 'Note', '')
      },
    })
    for (const key of ['x', 'y']) host.spawn(probe(pair), key, null)
  })
  setImmediate(count)
  host.edge.tell(Probe, 'x', 'Note', '')
  await done
  counting = false
  assert.ok(loops < 500, `${loops} turns of the event loop for 1000 hops`)
  await host.stop()
})

test('asks from outside actors cost no turn of the event loop each either', async () => {
  const host = realHost()
  host.spawn(
    probe(() => ({})),
    'w',
    null,
  )
  let loops = 0
  let counting = true
  const count = () => {
    loops++
    if (counting) setImmediate(count)
  }
  setImmediate(count)
  for (let i = 0; i < 1000; i++) {
    assert.is(await host.edge.ask(Probe, 'w', 'Echo', `${i}`, { within: 10_000 }), `${i}`)
  }
  counting = false
  assert.ok(loops < 500, `${loops} turns of the event loop for 1000 asks`)
  await host.stop()
})

test.run()
