// Starts one process of a topology: a worker thread for every thread of its nodes, the servers on
// the main thread. Reports each step; continues the chain that the nodes' folders hold.

import { ArchiveMessages } from '../../actors/messages/archive.ts'
import type { Topology } from '../../config/topology-schema.ts'
import { Host } from '../../runtime/host.ts'
import { realClock, realEntropy, realScheduler } from '../../runtime/real-ports.ts'
import { MemoryStore } from '../../storage/memory/memory-store.ts'
import type { LinkFaults } from '../../transport/chaos/link-faults.ts'
import type { HttpRoute } from '../../transport/http/http-server.ts'
import { chaosRoute } from './admin/chaos-route.ts'
import type { ClusterEvent } from './cluster-events.ts'
import { ClusterStatusReader } from './cluster-status.ts'
import { HostLog } from './host-log.ts'
import { consensusKeys } from './keys/consensus-keys.ts'
import { watchKeys } from './keys/watch-keys.ts'
import type { NodeAddresses } from './node-addresses.ts'
import { networkMark } from './pin-network.ts'
import {
  type HostPlan,
  mainHostOf,
  nodesWith,
  type ProcessPlan,
  placement,
  processPlans,
  validatorNames,
} from './plan.ts'
import { type PreparedProcess, type ProcessOptions, prepareProcess } from './prepare-process.ts'
import { type ProcessLinks, startLinks } from './process-links.ts'
import { type ProcessServers, startServers } from './process-servers.ts'
import { pullModels } from './pull-models.ts'
import { stakeWarnings } from './stake-warnings.ts'
import { startOperations } from './start-operations.ts'
import { ThreadCrew } from './thread-crew.ts'
import { type Upkeep, upkeepOf } from './upkeep.ts'

export interface RunningProcess {
  readonly network: PreparedProcess['network']
  /** By node: the addresses of what it serves. */
  readonly nodes: Readonly<Record<string, NodeAddresses>>
  /** Height of its own chain when it was ready. */
  readonly height: number
  /** What runs in it, for people. */
  readonly detail: string
  /** Resolves once every validator of the topology has answered; never if one stays away. */
  readonly linked: Promise<unknown>
  readonly status: ClusterStatusReader
  stop(): Promise<void>
}

const FIRST_HEAD_LIMIT_MS = 60_000
const RETRY_MS_MIN = 20
const RETRY_MS_MAX = 1000

type Step = (name: string, detail: string) => void

function stepper(report: (event: ClusterEvent) => void): Step {
  let last = performance.now()
  return (name, detail) => {
    const now = performance.now()
    report({ type: 'step', name, ms: Math.round(now - last), detail })
    last = now
  }
}

function modelsStep(step: Step, { cached, wanted }: { cached: number; wanted: number }): void {
  if (wanted > 0) step('models', `${cached} of ${wanted} in the cache`)
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

interface Patience {
  /** After so long the last failure is thrown. */
  readonly limitMs: number
  /** True ends the waiting. */
  stopped(): boolean
}

/** The highest block among the named validators, once all of them have answered. */
async function heads(
  host: Host,
  validators: readonly string[],
  { limitMs, stopped }: Patience,
): Promise<number> {
  const deadline = performance.now() + limitMs
  const ask = async (node: string): Promise<number> => {
    for (let wait = RETRY_MS_MIN; ; wait = Math.min(RETRY_MS_MAX, wait * 1.2)) {
      try {
        const head = await host.edge.ask(ArchiveMessages, node, 'Head', null, { within: 2000 })
        return head.height
      } catch (error) {
        if (stopped() || performance.now() > deadline) throw error
        await new Promise((done) => setTimeout(done, wait))
      }
    }
  }
  return Math.max(0, ...(await Promise.all(validators.map(ask))))
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
    stopped: () => stopping,
  }
}

/** A node that starts from a snapshot has its head when it has fetched all of it. */
function firstHeadLimit({ trustedHash }: Upkeep): number {
  return trustedHash ? Number.POSITIVE_INFINITY : FIRST_HEAD_LIMIT_MS
}

/** Providers start last: they would ask for models that are still on their way. */
function isProvider(plan: HostPlan): boolean {
  return plan.kinds.includes('gpu-worker')
}

/** A process that is alone has no connections to break. */
function chaosRoutes(
  topology: Topology,
  { name }: ProcessPlan,
  faults: () => LinkFaults | undefined,
): HttpRoute[] {
  const others = processPlans(topology).filter((other) => other.name !== name)
  return others.length === 0
    ? []
    : [
        chaosRoute(
          faults,
          others.map((other) => other.name),
        ),
      ]
}

/** What the validators of this process should be told of their stake, now. */
function stakes(
  { topology, process: plan, environment: { settings } }: ProcessOptions,
  { network }: PreparedProcess,
  host: Host,
): () => Promise<string[]> {
  const own = consensusKeys(network, topology).filter(({ node }) => plan.nodes.includes(node))
  return async () => {
    const lines = await Promise.all(own.map((one) => stakeWarnings({ ...one, host, settings })))
    // What is expected of the chain is the same for all.
    return [...new Set(lines.flat())]
  }
}

/** What a running node finds out about its keys and settings. */
function warnings(
  { dataDirectory, report }: ProcessOptions,
  { network, keys }: PreparedProcess,
  host: Host,
  stakesNow: () => Promise<string[]>,
) {
  const warn = (message: string) => report({ type: 'warning', message })
  void stakesNow().then((lines) => lines.forEach(warn))
  const mark = networkMark(network)
  const unwatch = watchKeys({ host, dataDirectory, mark, keys, warn })
  return { stop: async () => unwatch() }
}

export async function startProcess(given: ProcessOptions): Promise<RunningProcess> {
  const { report, stopping, stopped } = untilStopping(given.report)
  const options = { ...given, report }
  const { topology, process: plan, dataDirectory } = options
  const step = stepper(report)
  const prepared = await prepareProcess(options)
  step('checks', prepared.detail)
  const { network, keys } = prepared
  const upkeep = upkeepOf(options.environment.settings)
  const log = new HostLog(dataDirectory, topology.process === 'each' ? plan.name : 'aitbc')
  const host = mainHost(topology, plan.name, log)
  const parts: { stop(): Promise<void> }[] = []
  let links: ProcessLinks | undefined
  let servers: ProcessServers | undefined
  const crew = new ThreadCrew(host, {
    log: (line) => log.write(line),
    warn: (message) => report({ type: 'warning', message }),
    launched: (name, worker) => links?.thread(name, worker),
  })
  const launch = (hosts: readonly HostPlan[]) =>
    Promise.all(
      hosts.map((one) =>
        crew.start({ plan: one, topology, network, dataDirectory, upkeep, keys: keys[one.node] }),
      ),
    )
  const all = validatorNames(topology)
  const status = new ClusterStatusReader(host, all, nodesWith(topology, 'coordinator').length > 0)
  const stop = async () => {
    stopping()
    status.stop()
    for (const part of parts.splice(0).reverse()) await part.stop()
    await crew.stop(plan.hosts.map(({ name }) => name))
    await host.stop()
    await links?.stop()
    await log.close()
    prepared.release()
  }
  try {
    const guarded = chaosRoutes(topology, plan, () => links?.faults)
    const told = stakes(options, prepared, host)
    const edges = { guarded, rpc: () => servers?.rpc() ?? [], setup: prepared.setup }
    const admin = await startOperations(options, { host, log, crew, ...edges, warnings: told })
    parts.push(admin)
    const peerSecret = keys[plan.nodes[0] ?? '']?.secrets.peer
    const place = { topology, process: plan, network, dataDirectory, peerSecret }
    links = await startLinks({ ...place, host, log })
    const pulling = pullModels(topology, plan.nodes, report)
    const launched = await launch(plan.hosts.filter((one) => !isProvider(one)))
    const own = all.filter((name) => plan.nodes.includes(name))
    step('nodes', `${plan.hosts.length} worker threads, ${own.length} validators`)
    const height = await heads(host, own, { limitMs: firstHeadLimit(upkeep), stopped })
    step('chain', height > 0 ? `continues at height ${height}` : 'new, from genesis')
    modelsStep(step, await pulling)
    launched.push(...(await launch(plan.hosts.filter(isProvider))))
    status.start()
    parts.push(warnings(options, prepared, host, told))
    servers = await startServers(options, prepared, host, status)
    parts.push(servers)
    step('servers', servers.detail)
    const { address } = links
    const nodes = Object.fromEntries(
      Object.entries(servers.nodes).map(([name, own]) => [
        name,
        { ...own, admin: admin.url, ...(address && { peer: address }) },
      ]),
    )
    const actors = launched.reduce((sum, thread) => sum + thread.actors, 0)
    const served = servers.detail === 'none' ? '' : `, ${servers.detail}`
    const detail = `${plan.hosts.length} threads, ${actors} actors${served}`
    const linked = heads(host, all, { limitMs: Number.POSITIVE_INFINITY, stopped })
    // Whoever stops before that does not care.
    linked.catch(() => {})
    return { network, nodes, height, detail, linked, status, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
