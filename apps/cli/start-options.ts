// What `up` and `node` share: the configuration of the node, and access to its keys.

import type { Command } from 'commander'
import type { Environment } from '../../config/env.ts'
import { loadNetwork, type Network } from '../../config/network.ts'
import type { ModeChoice } from '../../config/node-settings.ts'
import type { Topology } from '../../config/topology-schema.ts'
import type { KeyAccess } from '../node/keys/node-keys.ts'
import type { BaseOptions } from './base-command.ts'
import { keyPassword } from './key-password.ts'
import { networkDirectory } from './network-directory.ts'
import type { Terminal } from './terminal.ts'
import { readSettings, refuseOtherNetwork } from './up-environment.ts'

export interface StartOptions {
  readonly mode?: ModeChoice
  readonly config?: string
  readonly passwordFile?: string
  readonly iLostMySignState?: boolean
}

export function withStartOptions(command: Command): Command {
  return command
    .option('--config <file>', "the node's settings, as in config/node.toml")
    .option('--password-file <file>', 'its first line opens the keys of the nodes')
    .option('--i-lost-my-sign-state', 'vote again after waiting, without the record of what was')
}

export interface StartPlace {
  readonly environment: Environment
  /** Absolute. */
  readonly data: string
  /** Undefined on networks with public keys. */
  readonly access: KeyAccess | undefined
}

async function keyAccess(
  options: StartOptions,
  terminal: Terminal,
  network: Network,
): Promise<KeyAccess | undefined> {
  if (network.keys === 'public') return undefined
  const password = await keyPassword(terminal, { file: options.passwordFile })
  return { password, lostSignState: options.iLostMySignState === true }
}

/** Rejects with CliError. */
export async function startPlace(
  options: BaseOptions & StartOptions,
  terminal: Terminal,
  topology: Topology,
): Promise<StartPlace> {
  const environment = await readSettings(terminal, options.config, options.mode)
  const network = loadNetwork(topology.network)
  refuseOtherNetwork(environment, network.name)
  const { settings } = environment
  const data = networkDirectory(options, terminal, { network: network.name, settings })
  return { environment, data, access: await keyAccess(options, terminal, network) }
}
