// Every link of the project against the one suite.

import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { test } from 'uvu'
import { prng } from '../../lib/prng.ts'
import type { Link } from '../../runtime/ports.ts'
import { NO_FAULTS } from '../../runtime/sim/faults.ts'
import { Network } from '../../runtime/sim/network.ts'
import { Timeline } from '../../runtime/sim/timeline.ts'
import { memoryLinks } from '../../transport/memory/memory-link.ts'
import { portLink } from '../../transport/threads/port-link.ts'
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
  name: 'ports',
  make: () => {
    const { port1, port2 } = new MessageChannel()
    return [portLink(port1), portLink(port2)]
  },
  ...real,
})

/** The far end lives in a real thread, which passes everything on to a port of ours and back. */
const RELAY = `
const { parentPort } = require('node:worker_threads')
parentPort.once('message', ({ near, far }) => {
  for (const [from, to] of [[near, far], [far, near]]) {
    from.on('message', (sent) => to.postMessage(sent, [sent.frame.buffer]))
    from.on('close', () => to.close())
  }
})`

const workers: Worker[] = []

linkTests(test, {
  name: 'thread',
  make: () => {
    const worker = new Worker(RELAY, { eval: true })
    workers.push(worker)
    const here = new MessageChannel()
    const there = new MessageChannel()
    const ports: MessagePort[] = [here.port2, there.port2]
    worker.postMessage({ near: here.port2, far: there.port2 }, ports)
    return [portLink(here.port1), portLink(there.port1)] as [Link, Link]
  },
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
})

test.after(async () => {
  for (const worker of workers) await worker.terminate()
})

test.run()
