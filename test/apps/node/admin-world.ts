// An admin server over a real host with two actors, and over a real thread that only has an agent:
// what the server does by itself, without a chain.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { adminToken } from '../../../apps/node/admin/admin-token.ts'
import { startAdmin } from '../../../apps/node/admin/start-admin.ts'
import { callAgent } from '../../../apps/node/agent/call-agent.ts'
import { localAgent } from '../../../apps/node/agent/local-agent.ts'
import { threadAgent } from '../../../apps/node/agent/thread-agent.ts'
import { HostLog } from '../../../apps/node/host-log.ts'
import { Host } from '../../../runtime/host.ts'
import { newCounters } from '../../../runtime/metrics/host-counters.ts'
import { realClock, realEntropy, realScheduler } from '../../../runtime/real-ports.ts'
import { LmdbStore } from '../../../storage/lmdb/lmdb-store.ts'
import { runningFile } from '../../../transport/threads/running-file.ts'
import { bootFile } from '../../../transport/threads/thread-mesh.ts'
import { probe } from '../../kit/hosts.ts'

export interface AdminAnswer {
  readonly status: number
  readonly type: string
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the server sent
  readonly json: any
}

export async function startAdminWorld() {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'aitbc-admin-'))
  const store = new LmdbStore(join(dataDirectory, 'store'))
  const host = new Host({
    name: 'node0/chain',
    place: () => 'node0/chain',
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: () => store,
    tasks: { start: () => () => {} },
    log: () => {},
    counters: newCounters(),
  })
  host.spawn(
    probe(() => ({
      Note: () => {
        const end = performance.now() + 2
        while (performance.now() < end);
      },
    })),
    'slow',
    null,
  )
  host.spawn(
    probe(() => ({})),
    'idle',
    null,
  )
  const module = runningFile(import.meta.url, '../../fixtures/agent-thread').href
  const worker = new Worker(bootFile(), { workerData: { module } })
  const remote = callAgent(worker, 'node1/chain')
  let state: 'running' | 'stopped' = 'running'
  worker.once('exit', () => {
    state = 'stopped'
  })
  const agent = localAgent(threadAgent({ host, stores: () => [['chain', store]] }))
  const log = new HostLog(dataDirectory, 'test')
  const token = adminToken(dataDirectory)
  const warnings: string[] = []
  const counters = host.counters.buffer
  const admin = await startAdmin({
    process: 'test',
    nodes: ['node0', 'node1'],
    host,
    threads: () => [
      { host: host.name, node: 'node0', state: 'running', restarts: 0, counters, agent },
      {
        host: 'node1/chain',
        node: 'node1',
        state,
        restarts: 0,
        counters: undefined,
        agent: remote,
      },
    ],
    dataDirectory,
    token,
    port: 0,
    log,
    validators: [],
    allValidators: [],
    shards: async () => 0,
    isQuorum: () => true,
    schedulerKey: undefined,
    warn: (message) => warnings.push(message),
  })
  const send = async (path: string, init: RequestInit = {}): Promise<AdminAnswer> => {
    const response = await fetch(`${admin.url}${path}`, init)
    const text = await response.text()
    const type = response.headers.get('content-type') ?? ''
    return { status: response.status, type, text, json: type.includes('json') && JSON.parse(text) }
  }
  return {
    url: admin.url,
    host,
    worker,
    log,
    token,
    dataDirectory,
    warnings,
    get: (path: string) => send(path),
    post: (path: string, body: unknown, bearer?: string) =>
      send(path, {
        method: 'POST',
        headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    async stop() {
      await admin.stop()
      await worker.terminate()
      await host.stop()
      await store.close()
      await log.close()
    },
  }
}
