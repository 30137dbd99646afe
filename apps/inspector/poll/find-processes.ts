// The processes of a cluster, each once, from the endpoints.json of its data folder.

import { readEndpoints } from '../../node/endpoints.ts'
import type { ProcessEndpoint } from '../state/model.ts'

interface NodeEndpoint {
  readonly name: string
  readonly process: string
  readonly admin: string
}

function isNode(value: unknown): value is NodeEndpoint {
  const node = value as Partial<NodeEndpoint> | null
  return [node?.name, node?.process, node?.admin].every((text) => typeof text === 'string')
}

/** Undefined when no cluster has become ready there; empty when it tells no admin server. */
export function findProcesses(dataDirectory: string): ProcessEndpoint[] | undefined {
  const found = readEndpoints(dataDirectory)
  if (!found) return undefined
  const nodes = (found as { readonly nodes?: unknown }).nodes
  const processes = new Map<string, { name: string; nodes: string[]; url: string }>()
  for (const node of Array.isArray(nodes) ? nodes.filter(isNode) : []) {
    const known = processes.get(node.process)
    if (known) known.nodes.push(node.name)
    else processes.set(node.process, { name: node.process, nodes: [node.name], url: node.admin })
  }
  return [...processes.values()]
}
