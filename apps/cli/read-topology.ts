// Reads a topology file for a command: what is wrong with it becomes an error for people.

import type { Topology } from '../../config/topology-schema.ts'
import { CliError } from './cli-error.ts'

/** Throws CliError BAD_TOPOLOGY. */
export async function readTopology(file: string): Promise<Topology> {
  const { loadTopology } = await import('../../config/topology.ts')
  const { TopologyError } = await import('../../config/topology-error.ts')
  try {
    return loadTopology(file)
  } catch (error) {
    if (!(error instanceof TopologyError)) throw error
    throw new CliError(
      'BAD_TOPOLOGY',
      `the topology cannot be used: ${file}`,
      error.message,
      error.hint,
    )
  }
}
