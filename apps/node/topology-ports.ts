// The ports of every node of a topology. A port that the file does not name is the usual one, or
// the next above it when nodes of the same machine (the same `listen`) need several.

import type { PortName, Topology } from '../../config/topology-schema.ts'
import { processPlans } from './plan.ts'

const USUAL: Readonly<Record<PortName, number>> = {
  rpc: 8545,
  api: 8080,
  metrics: 9464,
  peer: 30303,
}

export const LISTEN_DEFAULT = '/ip4/127.0.0.1'

export type NodePorts = Readonly<Partial<Record<PortName, number>>>

/** What a node listens on. A process has one metrics port and one for peers: its first node's. */
function wanted(topology: Topology, name: string): PortName[] {
  const roles = topology.nodes[name]?.roles ?? []
  const isFirst = processPlans(topology).some(({ nodes }) => nodes[0] === name)
  return [
    ...(roles.includes('gateway') ? (['rpc'] as const) : []),
    ...(roles.includes('coordinator') ? (['api'] as const) : []),
    ...(isFirst ? (['metrics'] as const) : []),
    ...(isFirst && topology.process === 'each' ? (['peer'] as const) : []),
  ]
}

export function topologyPorts(topology: Topology): Record<string, NodePorts> {
  const taken = new Map<string, number>()
  const ports: Record<string, NodePorts> = {}
  for (const [name, node] of Object.entries(topology.nodes)) {
    const own: Partial<Record<PortName, number>> = {}
    for (const what of wanted(topology, name)) {
      const machine = `${node.listen ?? LISTEN_DEFAULT} ${what}`
      const rank = taken.get(machine) ?? 0
      taken.set(machine, rank + 1)
      own[what] = node.ports?.[what] ?? USUAL[what] + rank
    }
    ports[name] = own
  }
  return ports
}

/** A line for every port that two nodes of one machine want. */
export function portClashes(topology: Topology): string[] {
  const owners = new Map<string, string>()
  const clashes: string[] = []
  for (const [name, ports] of Object.entries(topologyPorts(topology))) {
    const listen = topology.nodes[name]?.listen ?? LISTEN_DEFAULT
    for (const [what, port] of Object.entries(ports)) {
      if (port === 0) continue
      const owner = owners.get(`${listen} ${port}`)
      if (owner) clashes.push(`port ${port} is for ${owner} and for ${name}.${what}`)
      else owners.set(`${listen} ${port}`, `${name}.${what}`)
    }
  }
  return clashes
}

/** The topology with its ports written out, as `portOf` changes them. */
export function withPorts(
  topology: Topology,
  portOf: (node: string, what: PortName, port: number) => number,
): Topology {
  const ports = topologyPorts(topology)
  const nodes = Object.entries(topology.nodes).map(([name, node]) => {
    const own = Object.entries(ports[name] ?? {}) as [PortName, number][]
    const changed = own.map(([what, port]) => [what, portOf(name, what, port)])
    return [name, { ...node, ports: Object.fromEntries(changed) }]
  })
  return { ...topology, nodes: Object.fromEntries(nodes) }
}
