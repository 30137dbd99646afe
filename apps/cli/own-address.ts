// network.listen_addr of a node's settings, put in place of what the topology says for that node.

import type { NodeSettings } from '../../config/node-settings.ts'
import type { NodeSpec, Topology } from '../../config/topology-schema.ts'

/** /ip4/0.0.0.0 of 0.0.0.0, and so on for other kinds of hosts. */
function hostAddress(host: string): string {
  if (host.includes(':')) return `/ip6/${host}`
  return /^[0-9.]+$/.test(host) ? `/ip4/${host}` : `/dns4/${host}`
}

export function ownAddress(topology: Topology, name: string, settings: NodeSettings): Topology {
  const node = topology.nodes[name] as NodeSpec
  const [, host, port] = /^\[?([^\]]*)\]?:(\d+)$/.exec(settings.listenAddr?.value ?? '') ?? []
  if (host === undefined) return topology
  const ports = { ...node.ports, peer: Number(port) }
  const own = { ...node, listen: hostAddress(host), ports }
  return { ...topology, nodes: { ...topology.nodes, [name]: own } }
}
