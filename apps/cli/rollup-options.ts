// The options of the commands that act for an account of the rollup, and amounts as they take them.

import type { Command } from 'commander'
import { type Hex, isHex } from '../../lib/hex.ts'
import { ROLLUP_ACCOUNTS_MAX, ROLLUP_UNIT_WEI } from '../../protocol/params.ts'
import { amountArgument } from './amount-argument.ts'
import { CliError } from './cli-error.ts'
import { type CostOptions, type KeysOptions, keysCommand, withPassword } from './keys-place.ts'

/** From handing a transfer in to seeing it final; from a final exit to a settled root. */
export const ROLLUP_WAIT_MS = 60_000

export interface RollupOptions extends KeysOptions, CostOptions {
  readonly rpc?: string
  readonly devAccount?: string
}

export function rollupCommand(name: string, description: string): Command {
  return withPassword(keysCommand(name, description))
    .option('--rpc <url>', "a node's JSON-RPC (default: of the cluster of the data folder)")
    .option('--dev-account <name>', 'instead of keys: this account of the development network')
}

/** Units of an amount in AITBC; throws CliError BAD_VALUE. */
export function unitsArgument(text: string): bigint {
  const wei = amountArgument(text)
  if (wei % ROLLUP_UNIT_WEI === 0n) return wei / ROLLUP_UNIT_WEI
  const why = 'the rollup counts in units of 0.000000001 AITBC'
  throw new CliError('BAD_VALUE', `"${text}" is too exact`, why, 'give at most 9 decimals')
}

/** A whole number below 2^bits; throws CliError BAD_VALUE. */
export function indexArgument(text: string, what: string, bits = 32): number {
  const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : -1
  if (value >= 0 && value < 2 ** bits) return value
  const why = `it is a whole number below 2^${bits}`
  throw new CliError('BAD_VALUE', `"${text}" is no ${what}`, why, 'see ./aitbc rollup balance')
}

/** An account or a lock that an operation can name; throws CliError BAD_VALUE. */
export function operandArgument(text: string, what: 'account' | 'lock'): number {
  return indexArgument(text, what, Math.log2(ROLLUP_ACCOUNTS_MAX))
}

/** 32 bytes in hex; throws CliError BAD_VALUE. */
export function hashArgument(text: string, option: string): Hex {
  if (isHex(text, 32)) return text.toLowerCase() as Hex
  const why = 'it is 0x and 64 hex digits'
  throw new CliError('BAD_VALUE', `"${text}" is no hash`, why, `correct ${option}`)
}

/** A whole number within bounds; throws CliError BAD_VALUE. */
export function countArgument(text: string, option: string, most: number): number {
  const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : 0
  if (value >= 1 && value <= most) return value
  const why = `it is a whole number from 1 to ${most}`
  throw new CliError('BAD_VALUE', `"${text}" is not possible for ${option}`, why, 'correct it')
}
