// aitbc rollup send TO AMOUNT: a transfer in the rollup, seen final, with its receipt. Given twice
// for the same nonce it is one transfer.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import {
  indexArgument,
  type RollupOptions,
  rollupCommand,
  unitsArgument,
} from '../rollup-options.ts'
import { transferLines } from '../screen/transfer-lines.ts'
import type { Terminal } from '../terminal.ts'
import { readerTrust, type VerifyOptions, withTrust } from '../verify-file.ts'

export function rollupSendCommand(terminal: Terminal): Command {
  return withTrust(rollupCommand('send', 'pay another account of the rollup'))
    .argument('<to>', 'index of the account')
    .argument('<amount>', 'AITBC, for example 0.01')
    .action(async (to: string, text: string, options: RollupOptions & VerifyOptions) => {
      const wanted = { to: indexArgument(to, 'account'), amount: unitsArgument(text) }
      const trusted = await readerTrust(options, terminal)
      const { rollupDesk } = await import('../rollup-desk.ts')
      const { executeTransfer } = await import('../rollup-transfer.ts')
      const desk = await rollupDesk(options, terminal)
      const executed = await executeTransfer(desk, wanted, trusted)
      const say = speaker(options, terminal)
      for (const line of transferLines(executed)) say.line(line)
      say.document(executed)
    })
}
