// The entry of a worker thread: one host with the actors that the plan puts on it.

import { parentPort, workerData } from 'node:worker_threads'
import { Host } from '../../runtime/host.ts'
import { realClock, realEntropy, realScheduler } from '../../runtime/real-ports.ts'
import { joinMesh } from '../../transport/threads/thread-mesh.ts'
import { admits } from './admits.ts'
import { serveAgent } from './agent/serve-agent.ts'
import { threadAgent } from './agent/thread-agent.ts'
import { chainSetup } from './chain-setup.ts'
import { HostStores } from './host-stores.ts'
import type { StoppableTasks } from './host-tasks.ts'
import { loadActors, type StartActors } from './load-actors.ts'
import { nodeTasks } from './node-tasks.ts'
import { placement } from './plan.ts'
import { recordingOf } from './recording.ts'
import { joinRelay } from './relay/join-relay.ts'
import { storeFolder } from './store-folder.ts'
import type { StopRequest, WorkerInput, WorkerReport } from './worker-input.ts'

const input = workerData as WorkerInput
const { plan, topology, network, dataDirectory, counters } = input
const startedAt = performance.now()
const report = (message: WorkerReport) => parentPort?.postMessage(message)
const stores = new HostStores(dataDirectory, plan.node)

function warn(event: string): void {
  const line = { level: 'warn', host: plan.name, actor: undefined, event, fields: {} } as const
  report({ type: 'log', line })
}

const recorder = recordingOf(
  process.env.AITBC_RECORD,
  plan.name,
  storeFolder(dataDirectory, plan.node, 'recordings'),
  (line) => report({ type: 'log', line }),
)

function start(tasks: StoppableTasks, startActors: StartActors): Host {
  const host = new Host({
    name: plan.name,
    place: placement(topology),
    admits: admits(topology, plan.node),
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: (kind) => stores.storeFor(kind),
    tasks,
    ...(counters && { counters }),
    ...(recorder && { wrap: recorder.wrap }),
    log: (line) => {
      if (line.level !== 'debug') report({ type: 'log', line })
    },
  })
  joinMesh(host)
  serveAgent(threadAgent({ host, stores: () => stores.open() }))
  joinRelay(host)
  startActors(host, chainSetup(network, 'known'))
  return host
}

async function stop(host: Host, tasks: StoppableTasks): Promise<void> {
  await host.stop()
  await tasks.stop()
  await stores.close()
  report({ type: 'stopped', name: plan.name })
  parentPort?.close()
}

try {
  const node = topology.nodes[plan.node]
  if (!node) throw new Error(`no node ${plan.node} in the topology`)
  const [tasks, startActors] = await Promise.all([nodeTasks(node, input, warn), loadActors(input)])
  const host = start(tasks, startActors)
  parentPort?.on('message', (message: StopRequest) => {
    if (message.type === 'stop') void stop(host, tasks)
  })
  const ms = Math.round(performance.now() - startedAt)
  const actors = host.snapshot().actors.length
  report({ type: 'started', name: plan.name, ms, actors })
} catch (error) {
  report({ type: 'failed', name: plan.name, message: (error as Error).message })
}
