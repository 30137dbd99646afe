// The entry of a worker thread: one host with the actors of one node of the topology.

import { parentPort, workerData } from 'node:worker_threads'
import { signatureTasks } from '../../compute/pool/signature-tasks.ts'
import { POOL_THREADS } from '../../config/limits.ts'
import { Host } from '../../runtime/host.ts'
import { realClock, realEntropy, realScheduler } from '../../runtime/real-ports.ts'
import type { TaskRunner } from '../../runtime/task.ts'
import { LmdbStore } from '../../storage/lmdb/lmdb-store.ts'
import { joinMesh } from '../../transport/threads/thread-mesh.ts'
import { chainSetup, storeFolder } from './chain-setup.ts'
import { placement } from './plan.ts'
import type { StopRequest, WorkerInput, WorkerReport } from './worker-input.ts'

const input = workerData as WorkerInput
const { name, topology, network, dataDirectory } = input
const startedAt = performance.now()
const report = (message: WorkerReport) => parentPort?.postMessage(message)

/** The stores a node needs are opened when its actors first ask. */
const stores = new Map<string, LmdbStore>()
function storeFor(kind: string): LmdbStore {
  const folder = kind === 'validator' ? 'sign' : kind === 'scheduler' ? 'jobs' : 'chain'
  let store = stores.get(folder)
  if (!store) {
    store = new LmdbStore(storeFolder(dataDirectory, name, folder))
    stores.set(folder, store)
  }
  return store
}

type StoppableTasks = TaskRunner & { stop?(): void | Promise<void> }

function warn(event: string): void {
  report({ type: 'log', line: { level: 'warn', host: name, actor: undefined, event, fields: {} } })
}

async function tasksOf(role: string): Promise<StoppableTasks> {
  if (role !== 'provider') {
    return signatureTasks({ threads: POOL_THREADS, warn })
  }
  const { providerTasks } = await import('./start-provider.ts')
  return providerTasks()
}

async function start(tasks: StoppableTasks): Promise<Host> {
  const node = topology.nodes[name]
  if (!node) throw new Error(`no node ${name} in the topology`)
  const host = new Host({
    name,
    place: placement(topology),
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor,
    tasks,
    log: (line) => {
      if (line.level !== 'debug') report({ type: 'log', line })
    },
  })
  joinMesh(host)
  const setup = chainSetup(network)
  if (node.role === 'validator') {
    const { startValidator } = await import('./start-validator.ts')
    startValidator(host, topology, network, setup)
  } else if (node.role === 'coordinator') {
    const { startScheduler } = await import('./start-scheduler.ts')
    startScheduler(host, topology, setup)
  } else {
    const { startProvider } = await import('./start-provider.ts')
    startProvider(host, node, setup)
  }
  return host
}

async function stop(host: Host, tasks: StoppableTasks): Promise<void> {
  await host.stop()
  await tasks.stop?.()
  for (const store of stores.values()) await store.close()
  report({ type: 'stopped', name })
  parentPort?.close()
}

try {
  const tasks = await tasksOf(topology.nodes[name]?.role ?? '')
  const host = await start(tasks)
  parentPort?.on('message', (message: StopRequest) => {
    if (message.type === 'stop') void stop(host, tasks)
  })
  const ms = Math.round(performance.now() - startedAt)
  report({ type: 'started', name, ms, detail: `${host.snapshot().actors.length} actors` })
} catch (error) {
  report({ type: 'failed', name, message: (error as Error).message })
}
