// The plan of a topology: which processes and threads there are, and which host every actor lives
// on. A pure function of the topology, so every host computes the same answer without asking.

import { kindsOf } from '../../config/topology.ts'
import {
  type NodeSpec,
  ROLE_KINDS,
  ROLE_THREADS,
  ROLES,
  type Role,
  type Topology,
} from '../../config/topology-schema.ts'
import { assert } from '../../lib/assert.ts'
import { rendezvous } from '../../runtime/placement/rendezvous.ts'

/** The key of the one scheduler. */
export const SCHEDULER_KEY = 'main'

export interface HostPlan {
  /** `<node>/<thread>`. */
  readonly name: string
  readonly node: string
  readonly thread: string
  /** Kinds of actors that may start here, in the order of their start. */
  readonly kinds: readonly string[]
}

export interface ProcessPlan {
  readonly name: string
  readonly nodes: readonly string[]
  readonly hosts: readonly HostPlan[]
}

/** The host of a process's main thread: its servers and the edge; it runs no actors. */
export function mainHostOf(process: string): string {
  return `${process}/main`
}

export function nodesWith(topology: Topology, role: Role): string[] {
  return Object.keys(topology.nodes).filter((name) => topology.nodes[name]?.roles.includes(role))
}

export function validatorNames(topology: Topology): string[] {
  return nodesWith(topology, 'validator')
}

function defaultThread(kind: string): string {
  const role = ROLES.find((one) => ROLE_KINDS[one].includes(kind))
  assert(role, `no role starts ${kind}`)
  return ROLE_THREADS[role]
}

function threadOf(node: NodeSpec, kind: string): string {
  const named = Object.entries(node.threads ?? {}).find(([, kinds]) => kinds.includes(kind))
  return named?.[0] ?? defaultThread(kind)
}

/** The worker threads of a node, in the order of their start. */
export function hostsOf(topology: Topology, name: string): HostPlan[] {
  const node = topology.nodes[name]
  assert(node, `no node ${name} in the topology`)
  const threads = new Map<string, string[]>()
  for (const kind of kindsOf(node)) {
    const thread = threadOf(node, kind)
    threads.set(thread, [...(threads.get(thread) ?? []), kind])
  }
  return [...threads].map(([thread, kinds]) => ({
    name: `${name}/${thread}`,
    node: name,
    thread,
    kinds,
  }))
}

export function processPlans(topology: Topology): ProcessPlan[] {
  const names = Object.keys(topology.nodes)
  if (topology.process === 'each') {
    return names.map((name) => ({ name, nodes: [name], hosts: hostsOf(topology, name) }))
  }
  const hosts = names.flatMap((name) => hostsOf(topology, name))
  return [{ name: topology.name, nodes: names, hosts }]
}

/** The process that runs a node. Throws for a node that the topology does not have. */
export function processOf(topology: Topology, node: string): ProcessPlan {
  const found = processPlans(topology).find(({ nodes }) => nodes.includes(node))
  assert(found, `no node ${node} in the topology`)
  return found
}

/** Actors of a node's shards have keys that begin with it (actors/messages/shard.ts). */
function nodeOfKey(key: string): string {
  const dot = key.indexOf('.')
  return dot < 0 ? key : key.slice(0, dot)
}

/**
 * Names the host of an actor; the empty text where nothing runs it. Actors that live once in the
 * cluster are placed on those of `members` (nodes; all when absent) that have their role.
 */
export function placement(
  topology: Topology,
  members: readonly string[] = Object.keys(topology.nodes),
): (kind: string, key: string) => string {
  const hosts = new Map<string, string>()
  for (const node of Object.keys(topology.nodes)) {
    for (const host of hostsOf(topology, node)) {
      for (const kind of host.kinds) hosts.set(`${kind}/${node}`, host.name)
    }
  }
  const { role } = topology.actors?.scheduler ?? { role: 'coordinator' as const }
  const candidates = nodesWith(topology, role).filter((name) => members.includes(name))
  return (kind, key) => {
    if (kind !== 'scheduler') return hosts.get(`${kind}/${nodeOfKey(key)}`) ?? ''
    if (key !== SCHEDULER_KEY || candidates.length === 0) return ''
    return hosts.get(`scheduler/${rendezvous(`${kind}/${key}`, candidates)}`) ?? ''
  }
}

/** Refs (kind/key) that start on a host at the topology's own membership. */
export function actorsOn(topology: Topology, host: HostPlan): string[] {
  const place = placement(topology)
  return host.kinds.flatMap((kind) => {
    const key = kind === 'scheduler' ? SCHEDULER_KEY : host.node
    return place(kind, key) === host.name ? [`${kind}/${key}`] : []
  })
}
