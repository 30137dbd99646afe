// The settings of a cluster that is about to start, of the environment and of a configuration file,
// checked against its topology.

import { resolve } from 'node:path'
import { type Environment, EnvironmentError, readEnvironment } from '../../config/env.ts'
import type { ModeChoice, NodeSettings } from '../../config/node-settings.ts'
import { CliError } from './cli-error.ts'
import type { Terminal } from './terminal.ts'

async function fileSettings(terminal: Terminal, file: string | undefined): Promise<NodeSettings> {
  if (file === undefined) return {}
  const { ConfigError, loadNodeToml } = await import('../../config/node-toml.ts')
  try {
    return loadNodeToml(resolve(terminal.cwd, file))
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new CliError('BAD_CONFIG', 'the configuration is wrong', error.message, error.hint)
  }
}

/**
 * `config`: path of a node.toml; `mode` is what the command line says, which goes first. Rejects
 * with CliError BAD_CONFIG or BAD_ENVIRONMENT.
 */
export async function readSettings(
  terminal: Terminal,
  config?: string,
  mode?: ModeChoice,
): Promise<Environment> {
  const file = await fileSettings(terminal, config)
  try {
    const read = readEnvironment(terminal.env, file)
    if (!mode) return read
    const settings = { ...read.settings, mode: { value: mode, source: '--mode' } }
    return { ...read, settings, consensusMode: mode }
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error
    const what = 'an environment variable is wrong'
    throw new CliError('BAD_ENVIRONMENT', what, error.message, error.hint)
  }
}

/** Throws CliError BAD_ENVIRONMENT when the environment means another network. */
export function refuseOtherNetwork(environment: Environment, network: string): void {
  if (!environment.network || environment.network === network) return
  throw new CliError(
    'BAD_ENVIRONMENT',
    'an environment variable is wrong',
    `AITBC_NETWORK=${environment.network}, but the topology is for network ${network}`,
    'unset AITBC_NETWORK or use a topology of that network',
  )
}
