// The resolved plan of a topology file for the commands that show it.

import { cpus, totalmem } from 'node:os'
import type { TopologyPlan } from '../node/topology-plan.ts'
import { CliError } from './cli-error.ts'

/** Throws CliError WRONG_TOPOLOGY, whose document lists every fault with its place. */
export async function topologyDocument(file: string): Promise<TopologyPlan> {
  const { loadTopology } = await import('../../config/topology.ts')
  const { TopologyError } = await import('../../config/topology-error.ts')
  const { loadNetwork } = await import('../../config/network.ts')
  const { expectedPeer } = await import('../node/peer-identity.ts')
  const { topologyPlan } = await import('../node/topology-plan.ts')
  try {
    const topology = loadTopology(file)
    const machine = { cores: cpus().length, memoryBytes: totalmem() }
    const { keys } = loadNetwork(topology.network)
    return topologyPlan(topology, machine, (name, node) => expectedPeer(keys, name, node))
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error
    const errors = error.issues.map(({ path, message, didYouMean }) => ({
      path,
      message,
      did_you_mean: didYouMean ?? null,
    }))
    const what = `the topology is wrong: ${file}`
    const why = error.message.replaceAll('; $', '\n       $')
    throw new CliError('WRONG_TOPOLOGY', what, why, error.hint, { ok: false, errors })
  }
}
