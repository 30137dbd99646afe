// aitbc receipt verify FILE: works with nothing running. Exit 1 when the receipt does not hold.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import type { Terminal } from '../terminal.ts'
import {
  invalidReceipt,
  readerTrust,
  readReceiptFile,
  sayChecks,
  type VerifyOptions,
  verifyCommand,
} from '../verify-file.ts'

export function receiptVerifyCommand(terminal: Terminal): Command {
  const files = 'a receipt bundle, a receipt v2, or an AITBC v1 receipt'
  return verifyCommand('verify a receipt file offline', files).action(
    async (path: string, options: VerifyOptions) => {
      const file = readReceiptFile(path, terminal)
      const anchor = await readerTrust(options, terminal)
      const { verifyReceiptText } = await import('../verify-receipt-text.ts')
      const started = performance.now()
      const { valid, kind, reason, checks } = verifyReceiptText(file, anchor)
      const ms = performance.now() - started
      const say = speaker(options, terminal)
      sayChecks(say, checks)
      if (!valid) throw invalidReceipt(reason, checks)
      say.line(` VALID (${kind}, ${ms.toFixed(0)} ms, offline)`)
      say.document({ valid: true, kind, checks })
    },
  )
}
