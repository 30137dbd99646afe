// What the light commands share: the node that is asked, and failures as their document shows them.

import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import type { LightCheckpoint } from '../../protocol/light/light-checkpoint.ts'
import { LightError } from '../../sdk/light/light-error.ts'
import { type Ask, httpAsk } from '../../sdk/light/light-rpc.ts'
import { type BaseOptions, baseCommand, dataDirectory } from './base-command.ts'
import { CliError } from './cli-error.ts'
import { runningCluster } from './running-cluster.ts'
import type { Terminal } from './terminal.ts'

export interface LightBase extends BaseOptions {
  readonly rpc?: string
}

export function lightCommand(name: string, description: string): Command {
  return baseCommand(name, description).addOption(
    new Option('--rpc <url>', 'JSON-RPC of any node (default: that of the running cluster)'),
  )
}

/** Throws CliError. */
export function askOf(options: LightBase, terminal: Terminal): Ask {
  const { rpc } = options
  if (rpc === undefined) {
    return httpAsk(runningCluster(dataDirectory(options, terminal)).endpoints.rpc)
  }
  if (URL.canParse(rpc) && /^https?:/.test(rpc)) return httpAsk(rpc)
  const why = 'it must begin with http:// or https://'
  throw new CliError('BAD_VALUE', `"${rpc}" is no address of a node`, why, 'correct --rpc')
}

/** Throws CliError FILE, or LightError for what is no checkpoint. */
export async function readCheckpointFile(path: string): Promise<LightCheckpoint> {
  const { readLightCheckpoint } = await import('../../protocol/light/light-checkpoint.ts')
  let file: Uint8Array
  try {
    file = readFileSync(path)
  } catch (error) {
    const why = (error as Error).message
    throw new CliError('FILE', `cannot read ${path}`, why, 'give the path of a light checkpoint')
  }
  const read = readLightCheckpoint(file)
  if (!read.ok) throw new LightError(read.code, read.detail)
  return read.checkpoint
}

const HINTS: Readonly<Record<string, string>> = {
  NODE_FAILED: 'check that the node runs, or ask another with --rpc',
  NODE_LACKS: 'wait until the block is final, or ask another node with --rpc',
  STALE_CHECKPOINT: 'get a newer checkpoint from somebody you trust, or use --allow-stale',
  BAD_FILE: 'give a file that `aitbc light checkpoint` wrote',
}

/** A LightError as this command's failure; anything else as it is. */
export function lightFailure(error: unknown): unknown {
  if (!(error instanceof LightError)) return error
  const { code, message } = error
  const hint = HINTS[code] ?? 'do not rely on what this node says; ask another with --rpc'
  const document = { valid: false, reason: message, code }
  return new CliError(
    'NOT_VERIFIED',
    'it could not be verified',
    `${message} (${code})`,
    hint,
    document,
  )
}

/** What is asked of a node in the way of the SDK: its failures are CliErrors. */
export async function fromNode<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw lightFailure(error)
  }
}
