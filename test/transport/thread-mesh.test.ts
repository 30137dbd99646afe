// Hosts on real threads: what happens to messages, asks, watches and memory when a thread dies or
// stands still.

import { spawnSync } from 'node:child_process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { LINK_WINDOW_MESSAGES } from '../../config/limits.ts'
import { Host } from '../../runtime/host.ts'
import { realClock, realEntropy, realScheduler } from '../../runtime/real-ports.ts'
import { ref } from '../../runtime/ref.ts'
import { MemoryStore } from '../../storage/memory/memory-store.ts'
import { runningFile } from '../../transport/threads/running-file.ts'
import { ThreadMesh } from '../../transport/threads/thread-mesh.ts'
import { ended, Probe, placeByKey, probe } from '../kit/hosts.ts'
import { loaderArgs } from '../kit/node-args.ts'

const WITHIN = { within: 60_000 }
const PATIENCE_MS = 30_000
const module = runningFile(import.meta.url, '../fixtures/mesh-worker')

const host = new Host({
  name: 'main',
  place: placeByKey,
  clock: realClock,
  entropy: realEntropy,
  scheduler: realScheduler,
  storeFor: () => new MemoryStore(),
  tasks: { start: () => () => {} },
  log: () => {},
})
const mesh = new ThreadMesh(host)
const workers = Object.fromEntries(
  ['one', 'two'].map((name) => [name, mesh.start(name, module, {})]),
)

const ask = (key: string, text: string) => ended(host.edge.ask(Probe, key, 'Echo', text, WITHIN))
const count = (key: string) => host.edge.ask(Probe, key, 'Count', null, WITHIN)

async function until(what: string, done: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!(await done())) {
    if (performance.now() > end) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`)
    await new Promise((next) => setTimeout(next, 10))
  }
}

test('threads speak to the starting thread and to each other', async () => {
  assert.is(await ask('one.p', 'hello'), 'hello')
  host.edge.tell(Probe, 'one.p', 'Pair', { n: 0, text: 'two.p' })
  await until('passed on', async () => (await count('two.p')) === 1)
})

test('a thread that stands still: its flood waits within bounds, and all of it arrives', async () => {
  const total = 10 * LINK_WINDOW_MESSAGES
  const before = await count('one.p')
  let told = 0
  let queued = 0
  const flooder = probe((ctx) => ({
    Note: () => {
      for (let i = 0; i < 64 && told < total; i++, told++)
        ctx.tell(Probe, 'one.p', 'Note', 'x'.repeat(64))
      const lane = host.remote.peers().find((one) => one.name === 'one')?.lanes.data
      queued = Math.max(queued, lane?.queuedMessages ?? 0)
      if (told < total) ctx.tell(Probe, 'flooder', 'Note', '')
    },
  }))
  host.edge.tell(Probe, 'one.p', 'Note', 'stand still 1500')
  host.spawn(flooder, 'flooder', null)
  const { deadLetterCounts } = host.snapshot()
  const heapBefore = process.memoryUsage().heapUsed
  host.edge.tell(Probe, 'flooder', 'Note', '')
  await until('parked', () => host.remote.peers().some((one) => one.parked === 1))
  assert.ok(told < 2 * LINK_WINDOW_MESSAGES, `${told} told while nobody listens`)
  const grown = process.memoryUsage().heapUsed - heapBefore
  assert.ok(grown < 64 * 1024 * 1024, `${grown} bytes more`)
  assert.is(await ask('two.p', 'others go on'), 'others go on')
  await until('all told', () => told === total)
  await until('all heard', async () => (await count('one.p')) === before + total)
  assert.ok(queued < LINK_WINDOW_MESSAGES, `${queued} queued at most`)
  assert.equal(host.snapshot().deadLetterCounts, deadLetterCounts, 'none was lost or refused')
})

test('asks of a dead thread fail at once, watchers hear; the others go on', async () => {
  const heard: string[] = []
  host.watch(ref('probe', 'one.p'), (why) => heard.push(why))
  const waiting = ask('one.p', 'silence')
  assert.is(await ask('one.p', 'there'), 'there')
  const startedAt = performance.now()
  await workers.one?.terminate()
  assert.is(await waiting, '!node-down')
  assert.ok(performance.now() - startedAt < WITHIN.within / 2, 'long before the deadline')
  await until('watched', () => heard.length > 0)
  assert.equal(heard, ['unreachable'])
  assert.is(await ask('one.p', 'gone'), '!node-down')
  assert.is(await ask('two.p', 'here'), 'here')
})

test('a thread that was started again is linked again, also to the other threads', async () => {
  mesh.start('one', module, {})
  assert.is(await ask('one.p', 'back'), 'back')
  host.edge.tell(Probe, 'two.p', 'Pair', { n: 0, text: 'one.p' })
  await until('passed on', async () => (await count('one.p')) === 1)
})

test('a thread that ends by itself is as gone as one that is ended', async () => {
  assert.is(await ask('two.p', 'exit'), '!node-down')
})

test('a link alone keeps no process alive', () => {
  const link = runningFile(import.meta.url, '../../transport/threads/ring-link').href
  const program = `
    import { ringLink, ringMemory } from '${link}'
    const memory = ringMemory()
    const [a, b] = [ringLink(memory, 0), ringLink(memory, 1)]
    b.onFrame(() => console.log('heard'))
    a.send(new Uint8Array(8), 'data')
    const alive = setTimeout(() => {}, 300)`
  const args = [...loaderArgs(import.meta.url), '--input-type=module', '-e', program]
  const { stdout, status } = spawnSync(process.execPath, args, {
    timeout: 30_000,
    encoding: 'utf8',
  })
  assert.is(stdout, 'heard\n')
  assert.is(status, 0)
})

test.after(async () => {
  await host.stop()
  for (const worker of mesh.threads()) await worker.terminate()
})

test.run()
