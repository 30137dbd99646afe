// The plan of a topology: which host every actor lives on. A pure function of the topology, so
// every host computes the same answer without asking anybody.

import type { Topology } from '../../config/topology.ts'

/** Host of the process's main thread: HTTP servers and the edge. */
export const MAIN_HOST = 'main'
/** The key of the one scheduler. */
export const SCHEDULER_KEY = 'main'

const NODE_KINDS = ['validator', 'mempool', 'block-builder', 'archive']

export interface HostPlan {
  readonly name: string
  readonly role: 'validator' | 'coordinator' | 'provider'
  /** Refs (kind/key) that start here. */
  readonly actors: readonly string[]
}

export function validatorNames(topology: Topology): string[] {
  return Object.keys(topology.nodes).filter((name) => topology.nodes[name]?.role === 'validator')
}

export function providerNames(topology: Topology): string[] {
  return Object.keys(topology.nodes).filter((name) => topology.nodes[name]?.role === 'provider')
}

export function coordinatorName(topology: Topology): string | undefined {
  return Object.keys(topology.nodes).find((name) => topology.nodes[name]?.role === 'coordinator')
}

export function hostPlans(topology: Topology): HostPlan[] {
  return Object.entries(topology.nodes).map(([name, node]) => ({
    name,
    role: node.role,
    actors:
      node.role === 'validator'
        ? NODE_KINDS.map((kind) => `${kind}/${name}`)
        : node.role === 'coordinator'
          ? [`scheduler/${SCHEDULER_KEY}`]
          : [`gpu-worker/${name}`],
  }))
}

/** Names the host of an actor; kinds that no host runs are looked for on the main thread. */
export function placement(topology: Topology): (kind: string, key: string) => string {
  const scheduler = coordinatorName(topology) ?? MAIN_HOST
  return (kind, key) => {
    if (kind === 'scheduler') return scheduler
    if (kind === 'gpu-worker' || NODE_KINDS.includes(kind)) return key
    return MAIN_HOST
  }
}
