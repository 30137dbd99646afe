// Every link of the project against the one suite.

import { Worker } from 'node:worker_threads'
import { test } from 'uvu'
import { prng } from '../../lib/prng.ts'
import type { Link } from '../../runtime/ports.ts'
import { NO_FAULTS } from '../../runtime/sim/faults.ts'
import { Network } from '../../runtime/sim/network.ts'
import { Timeline } from '../../runtime/sim/timeline.ts'
import { memoryLinks } from '../../transport/memory/memory-link.ts'
import { ringLink, ringMemory } from '../../transport/threads/ring-link.ts'
import { runningFile } from '../../transport/threads/running-file.ts'
import { bootFile } from '../../transport/threads/thread-mesh.ts'
import { linkTests } from '../conformance/link.ts'

const PATIENCE_MS = 5000
const QUIET_MS = 20

const sleep = (ms: number) => new Promise<void>((next) => setTimeout(next, ms))

async function settle(done: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS
  while (!done() && performance.now() < end) await sleep(2)
}

const real = { settle, quiet: () => sleep(QUIET_MS), ordered: true }

linkTests(test, { name: 'memory', make: memoryLinks, ...real })

linkTests(test, {
  name: 'ring',
  make: () => {
    const memory = ringMemory()
    return [ringLink(memory, 0), ringLink(memory, 1)]
  },
  ...real,
})

/** A real thread passes everything on from a link of ours to another one of ours, and back. */
const workers: Worker[] = []

linkTests(test, {
  name: 'threads',
  make: () => {
    const [near, far] = [ringMemory(), ringMemory()]
    const module = runningFile(import.meta.url, '../fixtures/splicing-worker').href
    workers.push(new Worker(bootFile(), { workerData: { module, near, far } }))
    return [ringLink(near, 0), ringLink(far, 0)] as [Link, Link]
  },
  concurrent: true,
  ...real,
})

const random = prng('links')
const timeline = new Timeline(random)

linkTests(test, {
  name: 'simulated',
  make: () => new Network(timeline, random, NO_FAULTS.network).connect('a', 'b'),
  settle: async () => timeline.runFor(1000),
  quiet: async () => timeline.runFor(1000),
  ordered: false,
  concurrent: true,
})

test.after(async () => {
  for (const worker of workers) await worker.terminate()
})

test.run()
