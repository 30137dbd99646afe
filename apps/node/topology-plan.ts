// What a topology would start, resolved: nodes, threads, actors, ports and memory, and what an
// operator should know before he starts it.

import { loadManifest } from '../../compute/models/manifest.ts'
import { loadNetwork } from '../../config/network.ts'
import type { NodeSpec, Role, Topology } from '../../config/topology-schema.ts'
import { actorsOn, hostsOf, nodesWith, placement, processOf } from './plan.ts'
import { LISTEN_DEFAULT, type NodePorts, portClashes, topologyPorts } from './topology-ports.ts'

export interface NodePlan {
  readonly name: string
  readonly process: string
  readonly roles: readonly Role[]
  readonly threads: readonly { readonly name: string; readonly actors: readonly string[] }[]
  readonly ports: NodePorts
  readonly listen: string
  /** Null when the node makes its identity at its first start. */
  readonly peer: string | null
  /** An estimate: what an idle node of the development network takes, and its models. */
  readonly memory_mb: number
}

export interface TopologyPlan {
  readonly name: string
  readonly network: string
  readonly epoch: number
  readonly process: Topology['process']
  readonly nodes: readonly NodePlan[]
  readonly faults_tolerated: number
  readonly memory_mb: number
  readonly warnings: readonly string[]
}

export interface Machine {
  readonly cores: number
  readonly memoryBytes: number
}

/** Resident megabytes, rounded up (`ps -o rss` on idle presets); threads share the code's pages. */
const PROCESS_MB = 110
const THREAD_MB = 25
/** The coordinator's embedded database. */
const DATABASE_MB = 500
/** More threads than this for each core wait for each other even when little happens. */
const THREADS_PER_CORE = 4

function modelsMb(node: NodeSpec): number {
  const bytes = (node.models ?? []).flatMap((id) => loadManifest(id).files.map(({ size }) => size))
  return Math.ceil((1.5 * bytes.reduce((sum, size) => sum + size, 0)) / 2 ** 20)
}

function nodePlan(topology: Topology, name: string, peerOf: PeerOf): NodePlan {
  const node = topology.nodes[name] as NodeSpec
  const process = processOf(topology, name)
  const threads = hostsOf(topology, name).map((host) => ({
    name: host.thread,
    actors: actorsOn(topology, host),
  }))
  const own = process.nodes[0] === name ? PROCESS_MB : 0
  const database = node.roles.includes('coordinator') ? DATABASE_MB : 0
  return {
    name,
    process: process.name,
    roles: node.roles,
    threads,
    ports: topologyPorts(topology)[name] ?? {},
    listen: node.listen ?? LISTEN_DEFAULT,
    peer: topology.process === 'each' ? (peerOf(name, node) ?? null) : null,
    memory_mb: own + database + THREAD_MB * threads.length + modelsMb(node),
  }
}

export type PeerOf = (name: string, node: NodeSpec) => string | undefined

function coordinatorWarnings(topology: Topology): string[] {
  const coordinators = nodesWith(topology, 'coordinator')
  if (coordinators.length === 0) {
    return ['no node has the role coordinator: nothing takes jobs, and there is no REST interface']
  }
  if (coordinators.length === 1) return []
  const owner = placement(topology)('scheduler', 'main').split('/')[0]
  return [`${coordinators.length} coordinators: the scheduler runs on ${owner}, the rest stand by`]
}

function roleWarnings(topology: Topology): string[] {
  const warnings = coordinatorWarnings(topology)
  if (nodesWith(topology, 'gateway').length === 0) {
    warnings.push('no node has the role gateway: nothing answers JSON-RPC')
  }
  if (nodesWith(topology, 'provider').length === 0) {
    warnings.push('no node has the role provider: jobs will wait for one')
  }
  return warnings
}

/** How other processes find each node. */
function addressWarnings(topology: Topology): string[] {
  const ports = topologyPorts(topology)
  return Object.entries(topology.nodes).flatMap(([name, { listen = LISTEN_DEFAULT, address }]) => {
    const everywhere = /^\/ip[46]\/(0\.0\.0\.0|::)$/.test(listen)
    if (everywhere && !address) return [`${name} listens on ${listen}: give the address to dial`]
    const loopback = /^\/ip[46]\/(127\.|::1$)/.test(listen)
    if (!loopback && ports[name]?.peer === 0) {
      return [`${name} takes a free port for peers: other machines cannot know it`]
    }
    return []
  })
}

function machineWarnings(nodes: readonly NodePlan[], machine: Machine): string[] {
  const warnings: string[] = []
  const processes = new Set(nodes.map((node) => node.process)).size
  const threads = nodes.reduce((sum, node) => sum + node.threads.length, processes)
  if (threads > THREADS_PER_CORE * machine.cores) {
    warnings.push(`${threads} busy threads on ${machine.cores} cores`)
  }
  const memory = nodes.reduce((sum, node) => sum + node.memory_mb, 0)
  const has = Math.round(machine.memoryBytes / 2 ** 20)
  if (memory > has / 2) warnings.push(`about ${memory} MB of the ${has} MB of this machine`)
  return warnings
}

export function topologyPlan(topology: Topology, machine: Machine, peerOf: PeerOf): TopologyPlan {
  const nodes = Object.keys(topology.nodes).map((name) => nodePlan(topology, name, peerOf))
  const validators = nodesWith(topology, 'validator').length
  const tolerated = Math.floor((validators - 1) / 3)
  const warnings = [
    ...(tolerated === 0 ? [`${validators} validators tolerate no fault; four tolerate one`] : []),
    ...(topology.process === 'shared' ? [] : addressWarnings(topology)),
    ...portClashes(topology),
    ...roleWarnings(topology),
    ...machineWarnings(nodes, machine),
  ]
  return {
    name: topology.name,
    network: loadNetwork(topology.network).name,
    epoch: topology.epoch,
    process: topology.process,
    nodes,
    faults_tolerated: tolerated,
    memory_mb: nodes.reduce((sum, node) => sum + node.memory_mb, 0),
    warnings,
  }
}
