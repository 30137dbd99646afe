// A thread that stops answering is ended and replaced with its actors; what was asked of it fails.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ThreadCrew } from '../../../apps/node/thread-crew.ts'
import { loadNetwork } from '../../../config/network.ts'
import type { AskFailed } from '../../../runtime/edge.ts'
import { Host } from '../../../runtime/host.ts'
import { realClock, realEntropy, realScheduler } from '../../../runtime/real-ports.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'
import { runningFile } from '../../../transport/threads/running-file.ts'
import { Probe } from '../../kit/hosts.ts'

const NAME = 'node/stuck'

test('a thread that stands still is replaced with its actors', async () => {
  const host = new Host({
    name: 'node/main',
    place: (_, key) => key,
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: () => new MemoryStore(),
    tasks: { start: () => () => {} },
    log: () => {},
  })
  const warnings: string[] = []
  const launched: string[] = []
  const crew = new ThreadCrew(
    host,
    {
      log: () => {},
      warn: (message) => warnings.push(message),
      launched: (name) => launched.push(name),
    },
    runningFile(import.meta.url, '../../fixtures/blocking-worker'),
  )
  const plan = { name: NAME, node: 'node', thread: 'stuck', kinds: ['probe'] }
  const topology = { name: 't', network: 'dev', epoch: 1, process: 'shared', nodes: {} } as const
  await crew.start({ plan, topology, network: loadNetwork('dev'), dataDirectory: '/nowhere' })
  const echo = () => host.edge.ask(Probe, NAME, 'Echo', 'here', { within: 30_000 })
  assert.is(await echo(), 'here')
  host.edge.tell(Probe, NAME, 'Note', 'stand still')
  const lost = await echo().catch((error: AskFailed) => error.failure.reason)
  assert.is(lost, 'node-down')
  for (let tries = 0; launched.length < 2 && tries < 200; tries++) {
    await new Promise((done) => setTimeout(done, 50))
  }
  assert.equal(launched, [NAME, NAME])
  assert.match(warnings.join('\n'), /node\/stuck does not answer .* and is replaced/)
  assert.is(await echo(), 'here')
  await crew.stop([NAME])
  await host.stop()
})

test.run()
