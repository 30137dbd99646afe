// The environment variables of a cluster that is about to start, checked against its topology.

import {
  type Environment,
  EnvironmentError,
  type ModeChoice,
  readEnvironment,
} from '../../config/env.ts'
import type { Topology } from '../../config/topology-schema.ts'
import { CliError } from './cli-error.ts'
import type { Terminal } from './terminal.ts'

/** `mode` is what the command line says, which goes first. Throws CliError BAD_ENVIRONMENT. */
export function upEnvironment(
  terminal: Terminal,
  topology: Topology,
  mode?: ModeChoice,
): Environment {
  try {
    const read = readEnvironment(terminal.env)
    if (read.network && read.network !== topology.network) {
      throw new EnvironmentError(
        `AITBC_NETWORK=${read.network}, but the topology is for network ${topology.network}`,
        'unset AITBC_NETWORK or use a topology of that network',
      )
    }
    return mode ? { ...read, consensusMode: mode } : read
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    const what = 'an environment variable is wrong'
    throw new CliError('BAD_ENVIRONMENT', what, error.message, error.hint)
  }
}
