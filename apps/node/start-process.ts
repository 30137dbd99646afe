// Starts one process of a topology: a worker thread for every thread of its nodes, the servers on
// the main thread. Reports each step; continues the chain that the nodes' folders hold.

import { ArchiveMessages } from '../../actors/messages/archive.ts'
import type { Topology } from '../../config/topology-schema.ts'
import { Host } from '../../runtime/host.ts'
import { realClock, realEntropy, realScheduler } from '../../runtime/real-ports.ts'
import { MemoryStore } from '../../storage/memory/memory-store.ts'
import type { ClusterEvent } from './cluster-events.ts'
import { ClusterStatusReader } from './cluster-status.ts'
import { HostLog } from './host-log.ts'
import { type HostPlan, mainHostOf, nodesWith, placement, validatorNames } from './plan.ts'
import { type PreparedProcess, type ProcessOptions, prepareProcess } from './prepare-process.ts'
import { type NodeServers, startServers } from './process-servers.ts'
import { pullModels } from './pull-models.ts'
import { startOperations } from './start-operations.ts'
import { ThreadCrew } from './thread-crew.ts'

export interface RunningProcess {
  readonly network: PreparedProcess['network']
  /** By node: the addresses of what it serves. */
  readonly nodes: Readonly<Record<string, NodeServers>>
  /** Base URL of the admin server. */
  readonly admin: string
  readonly status: ClusterStatusReader
  stop(): Promise<void>
}

const FIRST_HEAD_LIMIT_MS = 20_000

type Step = (name: string, detail: string) => void

function stepper(report: (event: ClusterEvent) => void): Step {
  let last = performance.now()
  return (name, detail) => {
    const now = performance.now()
    report({ type: 'step', name, ms: Math.round(now - last), detail })
    last = now
  }
}

/** The main thread's host: no actors, only the edge. */
function mainHost(topology: Topology, process: string, log: HostLog): Host {
  return new Host({
    name: mainHostOf(process),
    place: placement(topology),
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: () => new MemoryStore(),
    tasks: { start: () => () => {} },
    log: (line) => log.write(line),
  })
}

/** The highest block among the named validators, once all of them have answered. */
async function firstHead(host: Host, validators: readonly string[]): Promise<number> {
  const deadline = performance.now() + FIRST_HEAD_LIMIT_MS
  for (;;) {
    try {
      const heads = await Promise.all(
        validators.map((node) =>
          host.edge.ask(ArchiveMessages, node, 'Head', null, { within: 2000 }),
        ),
      )
      return Math.max(0, ...heads.map((head) => head.height))
    } catch (error) {
      if (performance.now() > deadline) throw error
      await new Promise((done) => setTimeout(done, 20))
    }
  }
}

/** A stopping process's parts miss each other: that is no news. */
function untilStopping(report: ProcessOptions['report']) {
  let stopping = false
  return {
    report: (event: ClusterEvent) => {
      if (!stopping) report(event)
    },
    stopping: () => {
      stopping = true
    },
  }
}

/** Providers start last: they would ask for models that are still on their way. */
function isProvider(plan: HostPlan): boolean {
  return plan.kinds.includes('gpu-worker')
}

export async function startProcess(given: ProcessOptions): Promise<RunningProcess> {
  const { report, stopping } = untilStopping(given.report)
  const options = { ...given, report }
  const { topology, process: plan, dataDirectory } = options
  const step = stepper(report)
  const prepared = prepareProcess(options)
  step('checks', prepared.detail)
  const { network } = prepared
  const log = new HostLog(dataDirectory, topology.process === 'each' ? plan.name : 'aitbc')
  const host = mainHost(topology, plan.name, log)
  const crew = new ThreadCrew(host, {
    log: (line) => log.write(line),
    warn: (message) => report({ type: 'warning', message }),
  })
  const launch = (hosts: readonly HostPlan[]) =>
    Promise.all(hosts.map((one) => crew.start({ plan: one, topology, network, dataDirectory })))
  const hasScheduler = nodesWith(topology, 'coordinator').length > 0
  const status = new ClusterStatusReader(host, validatorNames(topology), hasScheduler)
  const servers: { stop(): Promise<void> }[] = []
  const stop = async () => {
    stopping()
    status.stop()
    for (const server of servers.reverse()) await server.stop()
    await crew.stop(plan.hosts.map(({ name }) => name))
    await host.stop()
    await log.close()
    prepared.release()
  }
  try {
    const admin = await startOperations(options, { host, log, crew })
    servers.push(admin)
    const pulling = pullModels(topology, plan.nodes, report)
    await launch(plan.hosts.filter((one) => !isProvider(one)))
    const validators = validatorNames(topology).filter((name) => plan.nodes.includes(name))
    step('nodes', `${plan.hosts.length} worker threads, ${validators.length} validators`)
    const height = await firstHead(host, validators)
    step('chain', height > 0 ? `continues at height ${height}` : 'new, from genesis')
    const { cached, wanted } = await pulling
    if (wanted > 0) step('models', `${cached} of ${wanted} in the cache`)
    await launch(plan.hosts.filter(isProvider))
    status.start()
    const started = await startServers(options, prepared, host, status)
    servers.push(started)
    step('servers', started.detail)
    return { network, nodes: started.nodes, admin: admin.url, status, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
