// Starts a whole cluster on this machine, all nodes in this process or each in one of its own, and
// tells the rest of the world where it is.

import { resolve } from 'node:path'
import type { Environment } from '../../config/env.ts'
import type { Network } from '../../config/network.ts'
import type { PortName, Topology } from '../../config/topology-schema.ts'
import { openDataDirectory } from '../../storage/lmdb/data-directory.ts'
import { adminToken } from './admin/admin-token.ts'
import { chosenNetwork } from './chosen-network.ts'
import type { ClusterEvent, ClusterStatus } from './cluster-events.ts'
import { type Endpoints, type NodeEndpoints, removeEndpoints, writeEndpoints } from './endpoints.ts'
import type { KeyAccess } from './keys/node-keys.ts'
import { networkMark, pinNetwork } from './pin-network.ts'
import { topologyPorts, withPorts } from './topology-ports.ts'

export interface ClusterOptions {
  readonly topology: Topology
  readonly dataDirectory: string
  /** Free ports instead of the topology's. */
  readonly autoPorts: boolean
  readonly environment: Environment
  /** For networks whose keys are not public. */
  readonly access?: KeyAccess | undefined
  readonly report: (event: ClusterEvent) => void
}

export interface RunningCluster {
  readonly endpoints: Endpoints['endpoints']
  readonly accounts: Endpoints['accounts']
  readonly pids: readonly number[]
  readonly nodes: readonly NodeEndpoints[]
  /** Wei that each development account began with. */
  readonly balanceWei: bigint
  stop(): Promise<void>
}

/** What runs, however many processes it is. */
interface Running {
  nodes(): readonly NodeEndpoints[]
  /** Calls whenever `nodes` has changed. */
  onChange(changed: () => void): void
  status(): Promise<ClusterStatus | undefined>
  stop(): Promise<void>
}

type Start = Omit<ClusterOptions, 'autoPorts'>

const STATUS_INTERVAL_MS = 1000

async function startShared(options: Start): Promise<Running> {
  const { startProcess } = await import('./start-process.ts')
  const { processPlans } = await import('./plan.ts')
  const plan = processPlans(options.topology)[0]
  if (!plan) throw new Error('the topology has no nodes')
  const running = await startProcess({ ...options, process: plan })
  const nodes = plan.nodes.map((name) => {
    return { name, process: plan.name, pid: process.pid, admin: '', ...running.nodes[name] }
  })
  return {
    nodes: () => nodes,
    onChange: () => {},
    status: () => running.status.read(),
    stop: () => running.stop(),
  }
}

async function startEach(options: Start): Promise<Running> {
  const { Supervisor } = await import('./supervisor/supervise.ts')
  const supervisor = new Supervisor(options)
  try {
    await supervisor.start()
  } catch (error) {
    await supervisor.stop()
    throw error
  }
  return {
    nodes: () => supervisor.nodes(),
    onChange: (changed) => {
      supervisor.changed = changed
    },
    status: () => supervisor.status(STATUS_INTERVAL_MS),
    stop: () => supervisor.stop(),
  }
}

/** Processes must know each other's ports before they start, so these are chosen here. */
async function freely(topology: Topology): Promise<Topology> {
  if (topology.process === 'shared') return withPorts(topology, () => 0)
  const { freePorts } = await import('./supervisor/free-ports.ts')
  const count = Object.values(topologyPorts(topology)).flatMap((own) => Object.keys(own)).length
  const ports = await freePorts(count)
  return withPorts(topology, () => ports.pop() as number)
}

/** A port given as 0 is chosen, for the same reason. */
async function chosen(topology: Topology, autoPorts: boolean): Promise<Topology> {
  const given = withPorts(topology, (_node, _what, port) => port)
  if (autoPorts) return freely(given)
  if (topology.process === 'shared') return given
  const free = await freely(given)
  return withPorts(
    given,
    (node, what: PortName, port) => port || (free.nodes[node]?.ports?.[what] ?? 0),
  )
}

/** The first address of each kind, for clients that want one. */
function firstEndpoints(nodes: readonly NodeEndpoints[]): Endpoints['endpoints'] {
  const first = (what: 'rpc' | 'ws' | 'api') => nodes.find((node) => node[what])?.[what] ?? ''
  return { rpc: first('rpc'), ws: first('ws'), api: first('api') }
}

async function publicAccounts(network: Network): Promise<Endpoints['accounts']> {
  if (network.keys !== 'public') return []
  const { devAccounts } = await import('./dev-keys.ts')
  return devAccounts()
}

export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const { autoPorts, environment, access, report } = options
  const dataDirectory = resolve(options.dataDirectory)
  const startedAt = performance.now()
  const network = chosenNetwork(options.topology.network, environment)
  const release = openDataDirectory(dataDirectory, networkMark(network))
  let running: Running
  try {
    pinNetwork(dataDirectory, network, options.topology.network)
    removeEndpoints(dataDirectory)
    // Made once, before several processes would each make one.
    adminToken(dataDirectory)
    const topology = await chosen(options.topology, autoPorts)
    const { moveJobs } = await import('./move-jobs.ts')
    const former = moveJobs(dataDirectory, topology, networkMark(network))
    if (former) report({ type: 'warning', message: `the job book of ${former} was taken over` })
    const start = topology.process === 'shared' ? startShared : startEach
    running = await start({ topology, dataDirectory, environment, access, report })
  } catch (error) {
    release()
    throw error
  }
  const accounts = await publicAccounts(network)
  const endpoints = firstEndpoints(running.nodes())
  const pids = () => [...new Set([process.pid, ...running.nodes().map(({ pid }) => pid)])]
  const write = () => {
    const nodes = running.nodes()
    const alive = pids().filter((pid) => pid > 0)
    writeEndpoints(dataDirectory, { ready: true, endpoints, accounts, pids: alive, nodes })
  }
  running.onChange(write)
  write()
  const ms = Math.round(performance.now() - startedAt)
  report({ type: 'ready', ms, publicKeys: network.keys === 'public' })
  const ticker = statusTicker(running, report)
  const spec = network.genesis as { accounts?: { balance: string }[] }
  const balanceWei = BigInt(spec.accounts?.[0]?.balance ?? 0)
  const stop = async () => {
    ticker.stop()
    running.onChange(() => {})
    await running.stop()
    removeEndpoints(dataDirectory)
    release()
  }
  return { endpoints, accounts, pids: pids(), nodes: running.nodes(), balanceWei, stop }
}

/** One status a second, for the screen's calm line. */
function statusTicker(running: Running, report: (event: ClusterEvent) => void) {
  let asking = false
  const timer = setInterval(async () => {
    if (asking) return
    asking = true
    try {
      const status = await running.status()
      if (status) report({ type: 'status', status })
    } catch {
      // The next second may be better.
    } finally {
      asking = false
    }
  }, STATUS_INTERVAL_MS)
  return { stop: () => clearInterval(timer) }
}
