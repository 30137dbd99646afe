// The topology that a manifest's network is: every validator a process with a gateway of its own,
// each at its address on the switch.

import { stringify } from 'yaml'
import { parseTopology } from '../../../../config/topology.ts'
import type { Topology } from '../../../../config/topology-schema.ts'
import type { Manifest } from './manifest-schema.ts'

const NETWORKS = { 4: 'dev', 7: 'dev-7' } as const

export function nodeNames({ validators }: Pick<Manifest, 'validators'>): string[] {
  return Array.from({ length: validators }, (_, i) => `node${i}`)
}

/** Inside the switch only: no machine outside has it. */
export function addressOf(name: string): string {
  return `10.77.0.${Number(name.slice('node'.length)) + 1}`
}

export function manifestTopology(manifest: Manifest): { topology: Topology; text: string } {
  const node = (name: string) => ({
    roles: ['validator', 'gateway'],
    listen: `/ip4/${addressOf(name)}`,
  })
  const text = stringify({
    name: 'e2e',
    network: NETWORKS[manifest.validators],
    process: 'each',
    nodes: Object.fromEntries(nodeNames(manifest).map((name) => [name, node(name)])),
  })
  return { topology: parseTopology(text), text }
}
