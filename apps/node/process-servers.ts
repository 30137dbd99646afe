// The servers of a process's main thread: JSON-RPC for each of its gateways, REST for each of its
// coordinators. Their code is loaded only where a role asks for it.

import { join } from 'node:path'
import { proveShare } from '../../protocol/light/genesis-share.ts'
import { rollupConfigAfter } from '../../protocol/rollup/rollup-head.ts'
import { treeView } from '../../protocol/state/state-view.ts'
import type { Host } from '../../runtime/host.ts'
import type { RpcFigure } from '../gateway/rpc-figures.ts'
import type { ClusterStatusReader } from './cluster-status.ts'
import type { NodeAddresses } from './node-addresses.ts'
import { nodesWith, SCHEDULER_KEY, validatorNames } from './plan.ts'
import type { PreparedProcess, ProcessOptions } from './prepare-process.ts'

export interface ProcessServers {
  /** By node: the addresses of what it serves. */
  readonly nodes: Readonly<Record<string, NodeAddresses>>
  /** For people: what runs on which driver. */
  readonly detail: string
  /** By node: what its gateway has answered. */
  rpc(): readonly { readonly node: string; readonly figures: readonly RpcFigure[] }[]
  stop(): Promise<void>
}

/** The cluster's validators, those of this process first: nearer, and up when we are. */
function preferred(options: ProcessOptions): string[] {
  const all = validatorNames(options.topology)
  const own = all.filter((name) => options.process.nodes.includes(name))
  return [...own, ...all.filter((name) => !own.includes(name))]
}

async function gateway(
  options: ProcessOptions,
  prepared: PreparedProcess,
  host: Host,
  node: string,
) {
  const { startGateway } = await import('../gateway/start-gateway.ts')
  const { genesis } = prepared.setup
  return startGateway({
    host,
    nodes: preferred(options),
    chainId: genesis.chainId,
    genesisHash: prepared.network.genesisHash,
    validatorSet: genesis.validatorSet,
    shards: rollupConfigAfter(treeView(genesis.tree)).shards,
    genesisShare: proveShare(genesis.tree),
    port: options.topology.nodes[node]?.ports?.rpc ?? 0,
    say: (message) => options.report({ type: 'warning', message }),
  })
}

async function coordinator(
  options: ProcessOptions,
  prepared: PreparedProcess,
  host: Host,
  node: string,
  status: ClusterStatusReader,
) {
  const { startCoordinator } = await import('../coordinator/start-coordinator.ts')
  const { topology, dataDirectory, environment, report } = options
  const { genesis } = prepared.setup
  const isFirst = nodesWith(topology, 'coordinator')[0] === node
  return startCoordinator({
    host,
    schedulerKey: SCHEDULER_KEY,
    nodes: preferred(options),
    shards: rollupConfigAfter(treeView(genesis.tree)).shards,
    chainId: genesis.chainId,
    network: prepared.network,
    validatorSet: genesis.validatorSet,
    genesisShare: proveShare(genesis.tree),
    port: topology.nodes[node]?.ports?.api ?? 0,
    dataDirectory: isFirst ? dataDirectory : join(dataDirectory, 'nodes', node),
    databaseUrl: environment.databaseUrl,
    status: () => status.read(),
    warn: (message) => report({ type: 'warning', message }),
  })
}

/** Rejects when one of them cannot start; the others are stopped again. */
export async function startServers(
  options: ProcessOptions,
  prepared: PreparedProcess,
  host: Host,
  status: ClusterStatusReader,
): Promise<ProcessServers> {
  const running: { stop(): Promise<void> }[] = []
  const nodes: Record<string, NodeAddresses> = {}
  const drivers: string[] = []
  const gateways = new Map<string, { figures(): readonly RpcFigure[] }>()
  const stop = async () => {
    for (const server of running.splice(0).reverse()) await server.stop()
  }
  try {
    for (const node of options.process.nodes) {
      const roles = options.topology.nodes[node]?.roles ?? []
      const own: NodeAddresses = {}
      if (roles.includes('gateway')) {
        const server = await gateway(options, prepared, host, node)
        running.push(server)
        gateways.set(node, server)
        drivers.push(`JSON-RPC on ${server.driver}`)
        Object.assign(own, { rpc: server.url, ws: server.wsUrl })
      }
      if (roles.includes('coordinator')) {
        const server = await coordinator(options, prepared, host, node, status)
        running.push(server)
        drivers.push(`REST on ${server.driver}`)
        own.api = server.url
      }
      nodes[node] = own
    }
  } catch (error) {
    await stop()
    throw error
  }
  const rpc = () => [...gateways].map(([node, one]) => ({ node, figures: one.figures() }))
  return { nodes, detail: [...new Set(drivers)].join(', ') || 'none', rpc, stop }
}
