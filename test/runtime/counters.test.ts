// A host's figures in shared memory: right, readable from another thread, and with times only while
// somebody reads. And the spans of what is traced.

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { METRICS_READER_MS, SPANS_KEPT } from '../../config/limits.ts'
import { bucketOf, KIND_ROWS, LINK } from '../../runtime/metrics/counters-layout.ts'
import { HostCounters, markReader, newCounters } from '../../runtime/metrics/host-counters.ts'
import { readCounters } from '../../runtime/metrics/read-counters.ts'
import { newCause } from '../../runtime/trace/cause.ts'
import { ended, Probe, probe, TestWorld } from '../kit/hosts.ts'

function counted() {
  const world = new TestWorld()
  const counters = newCounters()
  let looks = 0
  const clock = {
    // Every look at the clock takes half a millisecond.
    now: () => {
      looks++
      return world.time.now + looks / 2
    },
    wallTime: () => 1_700_000_000_000 + Math.floor(world.time.now),
    after: (ms: number, run: () => void) => world.time.after(ms, run),
  }
  const host = world.host('a', { counters, clock })
  return { world, host, counters, kind: () => readCounters(counters).kinds[0] }
}

test('figures of a kind: actors, depth, high-water mark, handled, restarts, dead letters', async () => {
  const { world, host, kind, counters } = counted()
  const worker = probe((ctx) => ({
    Note: (text) => {
      if (text === 'fail') throw new Error('on purpose')
      if (text === 'stash') ctx.stash()
      if (text === 'stop') ctx.stop()
    },
  }))
  for (const key of ['v', 'w']) host.spawn(worker, key, null)
  const note = (text: string) => host.edge.tell(Probe, 'w', 'Note', text)
  for (const text of ['', '', 'stash', 'fail', '']) note(text)
  host.edge.tell(Probe, 'v', 'Note', '')
  assert.equal([kind()?.kind, kind()?.actors, kind()?.depth], ['probe', 2, 6])
  world.run(100)
  assert.equal(
    [kind()?.depth, kind()?.highWater, kind()?.handled, kind()?.restarts, kind()?.deadLetters],
    [0, 5, 7, 1, 1],
    'what was stashed is handled twice',
  )
  for (const text of ['stash', 'stash', 'stop', 'late']) note(text)
  world.run(100)
  assert.equal([kind()?.actors, kind()?.depth], [1, 0])
  assert.equal(readCounters(counters).deadLetters.stopped, 4)
  const twice = ended(host.edge.ask(Probe, 'gone', 'Echo', '', { within: 5 }))
  assert.is(await twice, '!no-such-actor')
})

test('times are measured only while somebody reads', () => {
  const { world, host, kind, counters } = counted()
  host.spawn(
    probe(() => ({})),
    'w',
    null,
  )
  const work = () => {
    host.edge.tell(Probe, 'w', 'Note', '')
    world.run(100)
  }
  work()
  assert.is(kind()?.handling.count, 0)
  assert.is(kind()?.handling.p50, undefined)
  markReader(counters)
  work()
  assert.is(kind()?.handling.count, 1)
  assert.is(kind()?.handling.p99, 512, 'half a millisecond')
  assert.ok(readCounters(counters).delay.count > 0, 'how late timers run')
  world.run(METRICS_READER_MS + 1000)
  work()
  assert.is(kind()?.handling.count, 1)
})

test('another thread reads and marks itself without asking the host', async () => {
  const { world, host, counters } = counted()
  host.spawn(
    probe(() => ({})),
    'w',
    null,
  )
  host.edge.tell(Probe, 'w', 'Note', '')
  world.run(1)
  const program = `
    const { workerData, parentPort } = require('node:worker_threads')
    const figures = new Float64Array(workerData)
    figures[1]++
    parentPort.postMessage(figures.length)`
  const worker = new Worker(program, { eval: true, workerData: counters })
  await once(worker, 'message')
  await worker.terminate()
  assert.ok(host.counters.isRead(0))
})

test('rows of links keep their place; more names than rows share the last one', () => {
  const counters = new HostCounters(newCounters())
  const row = counters.link('b/main')
  row[LINK.framesOut] = 3
  row[LINK.up] = 1
  assert.is(counters.link('b/main'), row)
  const [link] = readCounters(counters.buffer).links
  assert.equal([link?.peer, link?.framesOut, link?.up], ['b/main', 3, 'up'])
  for (let i = 0; i < KIND_ROWS + 10; i++) {
    const kind = counters.kind(`kind-${i}`)
    kind[0] = (kind[0] as number) + 1
  }
  const { kinds } = readCounters(counters.buffer)
  assert.is(kinds.length, KIND_ROWS)
  assert.equal([kinds.at(-1)?.kind, kinds.at(-1)?.actors], ['others', 11])
})

test('buckets double: below 1, 2, 4 … units', () => {
  const values = [0, 0.9, 1, 1.9, 2, 3.9, 4, 1000, 2 ** 40]
  assert.equal(values.map(bucketOf), [0, 0, 1, 1, 2, 2, 3, 10, 31])
})

test('spans: one a traced message, named by its verb, below the sender’s; long operations; bounded', () => {
  const { world, host } = counted()
  const near = probe((ctx) => ({
    Note: () => {
      const end = ctx.span('thinking')
      ctx.tell(Probe, 'far', 'Urgent', '')
      ctx.after('later', 20, end)
    },
  }))
  host.spawn(near, 'near', null)
  host.spawn(
    probe(() => ({})),
    'far',
    null,
  )
  const cause = newCause(host.options.entropy)
  host.edge.tell(Probe, 'near', 'Note', '', { cause })
  host.edge.tell(Probe, 'far', 'Note', '')
  world.run(100)
  const spans = host.tracer.spans(cause.trace)
  const named = Object.fromEntries(spans.map((span) => [span.name, span]))
  assert.equal(Object.keys(named).sort(), ['Note', 'Urgent', 'thinking'])
  assert.is(named.Note?.parent, cause.span)
  assert.is(named.Urgent?.parent, named.Note?.span)
  assert.is(named.thinking?.parent, named.Note?.span)
  assert.equal([named.Urgent?.actor, named.Urgent?.host], ['probe/far', 'a'])
  assert.ok((named.thinking?.ms ?? 0) >= 20)
  assert.is(new Set(spans.map(({ span }) => span)).size, 3)
  assert.is(host.tracer.spans().length, 3, 'what is not traced leaves no span')
  for (let i = 0; i < SPANS_KEPT + 5; i++) host.tracer.begin(cause, `${i}`, 'probe/x')()
  const kept = host.tracer.spans()
  assert.is(kept.length, SPANS_KEPT)
  assert.is(kept.at(-1)?.name, `${SPANS_KEPT + 4}`)
})

test.run()
