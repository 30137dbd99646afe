// aitbc rollup balance [INDEX]: an account of the rollup as the last executed batch left it.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { indexArgument, type RollupOptions, rollupCommand } from '../rollup-options.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'

export function rollupBalanceCommand(terminal: Terminal): Command {
  return rollupCommand('balance', 'show an account of the rollup')
    .argument('[index]', 'the account (default: your own; then the keys are opened)')
    .action(async (text: string | undefined, options: RollupOptions) => {
      const { rollupDesk, rollupExits, rollupState, rpcOf } = await import('../rollup-desk.ts')
      const rpc = rpcOf(options, terminal)
      const own = async () => (await rollupDesk(options, terminal)).index()
      const index = text === undefined ? await own() : indexArgument(text, 'account')
      const state = await rollupState(rpc, index)
      if (!state) {
        const why = 'nobody is registered under it, or its registration is not executed yet'
        const hint = './aitbc rollup register'
        throw new CliError('UNKNOWN', `there is no account ${index}`, why, hint)
      }
      const exits = await rollupExits(rpc, index)
      const { owner, balance, nonce } = state
      const say = speaker(options, terminal)
      say.line(` account   ${index}, owned by ${owner}`)
      say.line(` balance   ${unitsText(balance)} AITBC`)
      say.line(` nonce     ${nonce}`)
      for (const { batch, amount } of exits) {
        say.line(` exit      ${unitsText(amount)} AITBC in batch ${batch}`)
      }
      say.document({ index, owner, units: balance, nonce, exits })
    })
}
