// aitbc receipt verify FILE: works with nothing running. Exit 1 when the receipt does not hold.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { lightFailure } from '../light-options.ts'
import type { Terminal } from '../terminal.ts'
import { trustAnchor } from '../trust-anchor.ts'
import type { ReceiptAnchor } from '../verify-receipt-text.ts'
import { readCheckpointFile } from './light-verify.ts'

interface VerifyOptions extends BaseOptions {
  readonly trustedValidators?: string
  readonly checkpoint?: string
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    const why = (error as Error).message
    throw new CliError('FILE', `cannot read ${path}`, why, 'give the path of a receipt file')
  }
}

async function anchorOf(options: VerifyOptions, terminal: Terminal): Promise<ReceiptAnchor> {
  const { checkpoint, trustedValidators } = options
  if (checkpoint === undefined) {
    return trustAnchor(dataDirectory(options, terminal), trustedValidators)
  }
  return readCheckpointFile(resolve(terminal.cwd, checkpoint)).catch((error) => {
    throw lightFailure(error)
  })
}

export function receiptVerifyCommand(terminal: Terminal): Command {
  return baseCommand('verify', 'verify a receipt file offline')
    .argument('<file>', 'a receipt bundle, a receipt v2, or an AITBC v1 receipt')
    .option('--trusted-validators <hash>', 'hash of the genesis validators that you trust')
    .option('--checkpoint <file>', 'light checkpoint to trust instead')
    .action(async (path: string, options: VerifyOptions) => {
      const file = readFile(resolve(terminal.cwd, path))
      const anchor = await anchorOf(options, terminal)
      const { verifyReceiptText } = await import('../verify-receipt-text.ts')
      const started = performance.now()
      const { valid, kind, reason, checks } = verifyReceiptText(file, anchor)
      const ms = performance.now() - started
      const say = speaker(options, terminal)
      for (const { name, ok, detail } of checks)
        say.line(` ${ok ? '✓' : '✗'} ${name.padEnd(22)} ${detail}`)
      if (valid) {
        say.line(` VALID (${kind}, ${ms.toFixed(0)} ms, offline)`)
        say.document({ valid: true, kind, checks })
        return
      }
      const hint = 'do not rely on this file; ask for the original'
      throw new CliError('INVALID_RECEIPT', 'the receipt does not verify', reason, hint, {
        valid: false,
        reason,
        checks,
      })
    })
}
