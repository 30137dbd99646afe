// Loads the code of the actors that the plan puts on a host, and of no others; what comes back
// starts them at once, so that no message finds half of them.

import type { Network } from '../../config/network.ts'
import type { Topology } from '../../config/topology-schema.ts'
import type { Host } from '../../runtime/host.ts'
import type { ChainSetup } from './chain-setup.ts'
import type { NodeKeys } from './keys/node-keys.ts'
import { actorsOn, type HostPlan } from './plan.ts'
import type { Upkeep } from './upkeep.ts'

export interface ActorPlace {
  readonly upkeep?: Upkeep | undefined
  readonly plan: HostPlan
  readonly topology: Topology
  readonly network: Network
  readonly keys?: NodeKeys | undefined
}

export type StartActors = (host: Host, setup: ChainSetup) => void

export async function loadActors(place: ActorPlace): Promise<StartActors> {
  const { plan, topology, network, keys, upkeep } = place
  const spec = topology.nodes[plan.node]
  if (!spec) throw new Error(`no node ${plan.node} in the topology`)
  const kinds = actorsOn(topology, plan).map((ref) => ref.slice(0, ref.indexOf('/')))
  const starts: StartActors[] = []
  if (kinds.some((kind) => kind !== 'scheduler' && kind !== 'gpu-worker')) {
    const { startValidator } = await import('./start-validator.ts')
    const own = { node: plan.node, kinds, keys, upkeep }
    starts.push((host, setup) => startValidator(host, own, topology, network, setup))
  }
  if (kinds.includes('scheduler')) {
    const { startScheduler } = await import('./start-scheduler.ts')
    starts.push((host, setup) => startScheduler(host, topology, setup, keys))
  }
  if (kinds.includes('gpu-worker')) {
    const { startProvider } = await import('./start-provider.ts')
    starts.push((host, setup) => startProvider(host, { name: plan.node, node: spec, keys }, setup))
  }
  return (host, setup) => {
    for (const start of starts) start(host, setup)
  }
}
