// The one hash that offline verification trusts: that of the validator set.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadNetwork } from '../../config/network.ts'
import { type Hex, isHex } from '../../lib/hex.ts'
import { CliError } from './cli-error.ts'

function given(text: string): Hex {
  if (isHex(text, 32)) return text.toLowerCase() as Hex
  throw new CliError(
    'BAD_VALUE',
    `"${text}" is no validator-set hash`,
    'it is 0x and 64 hex digits',
    'take it from a source you trust, or leave it out for the pinned one',
  )
}

/**
 * What the user names, else what the data folder's network.json pins, else the network's own file.
 * Throws CliError when none can be read.
 */
export function trustAnchor(data: string, named?: string, network = 'dev'): Hex {
  if (named !== undefined) return given(named)
  const file = join(data, 'network.json')
  try {
    if (!existsSync(file)) return loadNetwork(network).validatorSetHash
    const { validatorSetHash } = JSON.parse(readFileSync(file, 'utf8'))
    return given(String(validatorSetHash))
  } catch (error) {
    const why = (error as Error).message
    const hint = 'name the hash with --trusted-validators'
    throw new CliError('FILE', 'there is no trusted validator set', why, hint)
  }
}
