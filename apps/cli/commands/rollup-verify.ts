// aitbc rollup verify FILE: was this transfer or operation executed? Works with nothing running.
// Exit 1 when the file does not show it.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { verifyOperationFile, verifyRollupFile } from '../rollup-receipt.ts'
import type { Terminal } from '../terminal.ts'
import {
  invalidReceipt,
  readerTrust,
  readReceiptFile,
  sayChecks,
  type VerifyOptions,
  verifyCommand,
} from '../verify-file.ts'

export function rollupVerifyCommand(terminal: Terminal): Command {
  const what = 'verify the receipt of a transfer or an operation on a lock offline'
  return verifyCommand(what, 'a file that `aitbc rollup` wrote').action(
    async (path: string, options: VerifyOptions) => {
      const file = readReceiptFile(path, terminal)
      const trusted = await readerTrust(options, terminal)
      const found = await verifyOperationFile(file, trusted)
      const verdict = found ?? (await verifyRollupFile(file, trusted))
      const say = speaker(options, terminal)
      sayChecks(say, verdict.checks)
      if (!verdict.valid) throw invalidReceipt(verdict.reason, verdict.checks)
      say.line(' VALID (offline)')
      const { checks } = verdict
      const shown = 'transfer' in verdict ? verdict.transfer : verdict.operation
      say.document({
        valid: true,
        ['transfer' in verdict ? 'transfer' : 'operation']: shown,
        checks,
      })
    },
  )
}
