// aitbc rollup deposit AMOUNT: money from the base chain into an account of the rollup.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import {
  indexArgument,
  type RollupOptions,
  rollupCommand,
  unitsArgument,
} from '../rollup-options.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'
import { sentText } from '../validator-command.ts'

interface DepositOptions extends RollupOptions {
  readonly to?: string
}

export function rollupDepositCommand(terminal: Terminal): Command {
  return rollupCommand('deposit', 'pay money of the base chain into an account of the rollup')
    .argument('<amount>', 'AITBC, for example 1.5')
    .option('--to <index>', 'account to pay into (default: your own)')
    .action(async (text: string, options: DepositOptions) => {
      const units = unitsArgument(text)
      const named = options.to === undefined ? undefined : indexArgument(options.to, 'account')
      const { rollupDesk } = await import('../rollup-desk.ts')
      const { ROLLUP_UNIT_WEI } = await import('../../../protocol/params.ts')
      const { encodeDepositTo } = await import('../../../protocol/rollup/rollup-calls.ts')
      const desk = await rollupDesk(options, terminal)
      const index = named ?? (await desk.index())
      const sent = await desk.send(encodeDepositTo(index), units * ROLLUP_UNIT_WEI)
      const say = speaker(options, terminal)
      say.line(` deposit   ${unitsText(units)} AITBC to account ${index}   ${sentText(sent)}`)
      say.line(' it is there when the next batch of its shard is executed')
      say.document({ index, tx: sent.hash, block: sent.block, units })
    })
}
