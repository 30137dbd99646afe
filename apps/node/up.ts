// Starts a whole cluster on this machine: every node of the topology on a worker thread, the HTTP
// servers on the main thread. Reports each step; continues the chain that the data folder holds.

import { resolve } from 'node:path'
import { ArchiveMessages } from '../../actors/messages/archive.ts'
import { selfTestSecp256k1 } from '../../compute/crypto/secp256k1-native.ts'
import type { Environment } from '../../config/env.ts'
import { loadNetwork } from '../../config/network.ts'
import type { Topology } from '../../config/topology.ts'
import { Host } from '../../runtime/host.ts'
import { realClock, realEntropy, realScheduler } from '../../runtime/real-ports.ts'
import { openDataDirectory } from '../../storage/lmdb/data-directory.ts'
import { MemoryStore } from '../../storage/memory/memory-store.ts'
import { chainSetup } from './chain-setup.ts'
import type { ClusterEvent } from './cluster-events.ts'
import { ClusterStatusReader } from './cluster-status.ts'
import { devAccounts } from './dev-keys.ts'
import { type Endpoints, removeEndpoints, writeEndpoints } from './endpoints.ts'
import { HostLog } from './host-log.ts'
import { pinNetwork } from './pin-network.ts'
import {
  coordinatorName,
  hostPlans,
  MAIN_HOST,
  placement,
  SCHEDULER_KEY,
  validatorNames,
} from './plan.ts'
import { pullModels } from './pull-models.ts'
import { ThreadCrew } from './thread-crew.ts'

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

const FIRST_HEAD_LIMIT_MS = 20_000
const STATUS_INTERVAL_MS = 1000

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
function mainHost(topology: Topology, log: HostLog): Host {
  return new Host({
    name: MAIN_HOST,
    place: placement(topology),
    clock: realClock,
    entropy: realEntropy,
    scheduler: realScheduler,
    storeFor: () => new MemoryStore(),
    tasks: { start: () => () => {} },
    log: (line) => log.write(line),
  })
}

async function firstHead(host: Host, nodes: readonly string[]): Promise<number> {
  const deadline = performance.now() + FIRST_HEAD_LIMIT_MS
  for (;;) {
    try {
      const heads = await Promise.all(
        nodes.map((node) => host.edge.ask(ArchiveMessages, node, 'Head', null, { within: 2000 })),
      )
      return Math.max(...heads.map((head) => head.height))
    } catch (error) {
      if (performance.now() > deadline) throw error
      await new Promise((done) => setTimeout(done, 20))
    }
  }
}

/** Checks before anything starts. Throws what the command line turns into advice. */
function prepare({ topology, environment, report, ...options }: ClusterOptions) {
  const dataDirectory = resolve(options.dataDirectory)
  const network = loadNetwork(topology.network)
  const { msPerRecovery, isNative } = selfTestSecp256k1()
  if (!isNative) {
    report({
      type: 'warning',
      message: `secp256k1 runs in JavaScript: ${msPerRecovery} ms a check`,
    })
  }
  const setup = chainSetup(network)
  const { chainId } = setup.genesis
  if (environment.chainId !== undefined && environment.chainId !== chainId) {
    throw new Error(
      `AITBC_CHAIN_ID is ${environment.chainId}, network ${network.name} has ${chainId}`,
    )
  }
  const detail = `chain ${chainId} · secp256k1 ${isNative ? 'native' : 'JavaScript'} · BLS native`
  // Last, because nothing that fails here may leave the folder locked.
  const release = openDataDirectory(dataDirectory, `${network.name} ${network.genesisHash}`)
  pinNetwork(dataDirectory, network)
  removeEndpoints(dataDirectory)
  return { dataDirectory, network, setup, chainId, detail, release }
}

/** The servers of the main thread: JSON-RPC, then REST. */
async function startServers(
  options: ClusterOptions,
  prepared: ReturnType<typeof prepare>,
  host: Host,
  status: ClusterStatusReader,
) {
  const { topology, autoPorts, environment, report } = options
  const { chainId, network, setup, dataDirectory } = prepared
  const nodes = validatorNames(topology)
  const { validatorSet } = setup.genesis
  const warn = (message: string) => report({ type: 'warning', message })
  const { startGateway } = await import('../gateway/start-gateway.ts')
  const gateway = await startGateway({
    host,
    nodes,
    chainId,
    genesisHash: network.genesisHash,
    validatorSet,
    port: autoPorts ? 0 : topology.ports.rpc,
    say: warn,
  })
  try {
    const { startCoordinator } = await import('../coordinator/start-coordinator.ts')
    const coordinator = await startCoordinator({
      host,
      schedulerKey: SCHEDULER_KEY,
      nodes,
      chainId,
      network,
      validatorSet,
      port: autoPorts ? 0 : topology.ports.api,
      dataDirectory,
      databaseUrl: environment.databaseUrl,
      status: () => status.read(),
      warn,
    })
    return { gateway, coordinator }
  } catch (error) {
    await gateway.stop()
    throw error
  }
}

/** A stopping cluster's parts miss each other: that is no news. */
function untilStopping(report: ClusterOptions['report']) {
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

export async function startCluster(given: ClusterOptions): Promise<RunningCluster> {
  const { report, stopping } = untilStopping(given.report)
  const options = { ...given, report }
  const { topology } = options
  const startedAt = performance.now()
  const step = stepper(report)
  const prepared = prepare(options)
  const { dataDirectory, network } = prepared
  step('checks', prepared.detail)
  const log = new HostLog(dataDirectory)
  const host = mainHost(topology, log)
  const crew = new ThreadCrew(host, {
    log: (line) => log.write(line),
    warn: (message) => report({ type: 'warning', message }),
  })
  const names = hostPlans(topology).map((plan) => plan.name)
  const isProvider = (name: string) => topology.nodes[name]?.role === 'provider'
  const launch = (some: readonly string[]) =>
    Promise.all(some.map((name) => crew.start({ name, topology, network, dataDirectory })))
  const validators = validatorNames(topology)
  const status = new ClusterStatusReader(host, validators, coordinatorName(topology) !== undefined)
  const servers: { stop(): Promise<void> }[] = []
  const stop = async () => {
    stopping()
    status.stop()
    for (const server of servers.reverse()) await server.stop()
    await crew.stop(names)
    await host.stop()
    await log.close()
    removeEndpoints(dataDirectory)
    prepared.release()
  }
  try {
    const pulling = pullModels(topology, report)
    await launch(names.filter((name) => !isProvider(name)))
    step('nodes', `${names.length} hosts on worker threads, ${validators.length} validators`)
    const height = await firstHead(host, validators)
    step('chain', height > 0 ? `continues at height ${height}` : 'new, from genesis')
    const { cached, wanted } = await pulling
    if (wanted > 0) step('models', `${cached} of ${wanted} in the cache`)
    await launch(names.filter(isProvider))
    status.start()
    const { gateway, coordinator } = await startServers(options, prepared, host, status)
    servers.push(gateway, coordinator)
    step('servers', `JSON-RPC on ${gateway.driver}, REST on ${coordinator.driver}`)
    const endpoints = { rpc: gateway.url, ws: gateway.wsUrl, api: coordinator.url }
    const accounts = network.keys === 'public' ? devAccounts() : []
    const pids = [process.pid]
    writeEndpoints(dataDirectory, { ready: true, endpoints, accounts, pids })
    report({ type: 'ready', ms: Math.round(performance.now() - startedAt) })
    servers.push(statusTicker(status, report))
    const spec = network.genesis as { accounts?: { balance: string }[] }
    const balanceWei = BigInt(spec.accounts?.[0]?.balance ?? 0)
    return { endpoints, accounts, pids, balanceWei, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** One status a second, for the screen's calm line. */
function statusTicker(status: ClusterStatusReader, report: (event: ClusterEvent) => void) {
  const timer = setInterval(() => {
    status.read().then(
      (now) => report({ type: 'status', status: now }),
      () => {},
    )
  }, STATUS_INTERVAL_MS)
  return { stop: async () => clearInterval(timer) }
}
