// Which folder of keys a command is about: a node's of the data folder, or one that is named.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { COST_LIGHT, type ScryptCost } from '../../compute/keystore/key-derivation.ts'
import { keyFolderOf } from '../node/keys/key-folder.ts'
import { type BaseOptions, baseCommand, dataDirectory } from './base-command.ts'
import type { Terminal } from './terminal.ts'

/** geth's --lightkdf, by its name here. */
export interface CostOptions {
  readonly lightKdf?: boolean
}

export interface KeysOptions extends BaseOptions {
  readonly node: string
  readonly keys?: string
  readonly passwordFile?: string
}

export function keysCommand(name: string, description: string): Command {
  return baseCommand(name, description)
    .option('--node <name>', 'whose keys: those of this node of the data folder', 'node0')
    .option('--keys <dir>', 'the folder of the keys, if it is elsewhere')
}

export function withPassword(command: Command): Command {
  return command.option('--password-file <file>', 'its first line opens the keys')
}

/** For commands that encrypt. */
export function withCost(command: Command): Command {
  return command.option('--light-kdf', 'cheaper to open, and to guess: for tests, small machines')
}

/** Of the files that a command writes. */
export function costOf({ lightKdf }: CostOptions): { cost?: ScryptCost } {
  return lightKdf ? { cost: COST_LIGHT } : {}
}

export function keysPlace(options: KeysOptions, terminal: Terminal): string {
  if (options.keys !== undefined) return resolve(terminal.cwd, options.keys)
  return keyFolderOf(dataDirectory(options, terminal), options.node)
}
