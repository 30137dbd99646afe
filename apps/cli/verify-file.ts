// What the commands share that verify a file offline: the file, what its reader trusts, and how the
// checks are shown.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { FileCheck } from '../../protocol/receipt/check-list.ts'
import { type BaseOptions, baseCommand, dataDirectory, type Speaker } from './base-command.ts'
import { CliError } from './cli-error.ts'
import { lightFailure, readCheckpointFile } from './light-options.ts'
import type { Terminal } from './terminal.ts'
import { trustAnchor } from './trust-anchor.ts'
import type { ReceiptAnchor } from './verify-receipt-text.ts'

export interface VerifyOptions extends BaseOptions {
  readonly trustedValidators?: string
  readonly checkpoint?: string
}

/** The options by which a reader says what he trusts. */
export function withTrust(command: Command): Command {
  return command
    .option('--trusted-validators <hash>', 'hash of the genesis validators that you trust')
    .option('--checkpoint <file>', 'light checkpoint to trust instead')
}

export function verifyCommand(description: string, file: string): Command {
  return withTrust(baseCommand('verify', description)).argument('<file>', file)
}

/** Throws CliError FILE. */
export function readReceiptFile(path: string, terminal: Terminal): Uint8Array {
  try {
    return readFileSync(resolve(terminal.cwd, path))
  } catch (error) {
    const why = (error as Error).message
    throw new CliError('FILE', `cannot read ${path}`, why, 'give the path of a receipt file')
  }
}

/** The checkpoint that is named, else the hash of the genesis validators. Rejects with CliError. */
export async function readerTrust(
  options: VerifyOptions,
  terminal: Terminal,
): Promise<ReceiptAnchor> {
  const { checkpoint, trustedValidators } = options
  if (checkpoint === undefined) {
    return trustAnchor(dataDirectory(options, terminal), trustedValidators)
  }
  return readCheckpointFile(resolve(terminal.cwd, checkpoint)).catch((error) => {
    throw lightFailure(error)
  })
}

export function sayChecks(say: Speaker, checks: readonly FileCheck[]): void {
  for (const { name, ok, detail } of checks) {
    say.line(` ${ok ? '✓' : '✗'} ${name.padEnd(22)} ${detail}`)
  }
}

/** A file that does not hold, as a failure. */
export function invalidReceipt(reason: string, checks: readonly FileCheck[]): CliError {
  const hint = 'do not rely on this file; ask for the original'
  const document = { valid: false, reason, checks }
  return new CliError('INVALID_RECEIPT', 'the receipt does not verify', reason, hint, document)
}
