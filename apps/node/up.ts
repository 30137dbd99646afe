// Starts a whole cluster on this machine with all its nodes in this process, and tells the rest of
// the world where it is.

import { resolve } from 'node:path'
import type { Environment } from '../../config/env.ts'
import { loadNetwork } from '../../config/network.ts'
import type { Topology } from '../../config/topology-schema.ts'
import { openDataDirectory } from '../../storage/lmdb/data-directory.ts'
import type { ClusterEvent } from './cluster-events.ts'
import type { ClusterStatusReader } from './cluster-status.ts'
import { devAccounts } from './dev-keys.ts'
import { type Endpoints, removeEndpoints, writeEndpoints } from './endpoints.ts'
import { pinNetwork } from './pin-network.ts'
import { processPlans } from './plan.ts'
import { networkMark } from './prepare-process.ts'
import { type RunningProcess, startProcess } from './start-process.ts'
import { withPorts } from './topology-ports.ts'

export interface ClusterOptions {
  readonly topology: Topology
  readonly dataDirectory: string
  /** Free ports instead of the topology's. */
  readonly autoPorts: boolean
  readonly environment: Environment
  readonly report: (event: ClusterEvent) => void
}

export interface RunningCluster {
  readonly endpoints: Endpoints['endpoints']
  readonly accounts: Endpoints['accounts']
  readonly pids: readonly number[]
  /** Wei that each development account began with. */
  readonly balanceWei: bigint
  stop(): Promise<void>
}

const STATUS_INTERVAL_MS = 1000

/** The first address of each kind, for clients that want one. */
function firstEndpoints({ nodes }: RunningProcess): Endpoints['endpoints'] {
  const first = (what: 'rpc' | 'ws' | 'api') =>
    Object.values(nodes).find((node) => node[what])?.[what] ?? ''
  return { rpc: first('rpc'), ws: first('ws'), api: first('api') }
}

export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const { autoPorts, environment, report } = options
  const dataDirectory = resolve(options.dataDirectory)
  const startedAt = performance.now()
  const topology = autoPorts ? withPorts(options.topology, () => 0) : options.topology
  const [plan] = processPlans(topology)
  if (!plan || topology.process !== 'shared') throw new Error('the topology is for many processes')
  const network = loadNetwork(topology.network)
  const release = openDataDirectory(dataDirectory, networkMark(network))
  let running: RunningProcess
  try {
    pinNetwork(dataDirectory, network)
    removeEndpoints(dataDirectory)
    running = await startProcess({ topology, process: plan, dataDirectory, environment, report })
  } catch (error) {
    release()
    throw error
  }
  const endpoints = firstEndpoints(running)
  const accounts = network.keys === 'public' ? devAccounts() : []
  const pids = [process.pid]
  const nodes = plan.nodes.map((name) => {
    return { name, process: plan.name, pid: process.pid, admin: running.admin }
  })
  writeEndpoints(dataDirectory, { ready: true, endpoints, accounts, pids, nodes })
  report({ type: 'ready', ms: Math.round(performance.now() - startedAt) })
  const ticker = statusTicker(running.status, report)
  const spec = network.genesis as { accounts?: { balance: string }[] }
  const balanceWei = BigInt(spec.accounts?.[0]?.balance ?? 0)
  const stop = async () => {
    ticker.stop()
    await running.stop()
    removeEndpoints(dataDirectory)
    release()
  }
  return { endpoints, accounts, pids, balanceWei, stop }
}

/** One status a second, for the screen's calm line. */
function statusTicker(status: ClusterStatusReader, report: (event: ClusterEvent) => void) {
  const timer = setInterval(() => {
    status.read().then(
      (now) => report({ type: 'status', status: now }),
      () => {},
    )
  }, STATUS_INTERVAL_MS)
  return { stop: () => clearInterval(timer) }
}
