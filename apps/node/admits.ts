// What the hosts of a node take from which other hosts: everything from those of their own node and
// from the main thread that runs it; from others only what may come from afar.

import { mayComeFromAfar } from '../../actors/messages/reach.ts'
import type { Topology } from '../../config/topology-schema.ts'
import { hostsOf, mainHostOf, processOf } from './plan.ts'

export function admits(
  topology: Topology,
  node: string,
): (peer: string, kind: string, verb: string) => boolean {
  const own = new Set(hostsOf(topology, node).map(({ name }) => name))
  own.add(mainHostOf(processOf(topology, node).name))
  return (peer, kind, verb) => own.has(peer) || mayComeFromAfar(kind, verb)
}
