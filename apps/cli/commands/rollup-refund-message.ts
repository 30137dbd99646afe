// aitbc rollup refund-message SHARD [MESSAGE]: what messages brought to a shard that was frozen
// before it consumed them goes back to the owners of the accounts.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { indexArgument, type RollupOptions, rollupCommand } from '../rollup-options.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'
import { sentText } from '../validator-command.ts'

async function refundMessage(
  shardText: string,
  messageText: string | undefined,
  options: RollupOptions,
  terminal: Terminal,
): Promise<void> {
  const shard = indexArgument(shardText, 'shard', 8)
  const message = messageText === undefined ? undefined : indexArgument(messageText, 'message')
  const { payerDesk } = await import('../payer-desk.ts')
  const { messageRefunds } = await import('../rollup-refunds.ts')
  const desk = await payerDesk(options, terminal)
  const say = speaker(options, terminal)
  const refunds = await messageRefunds(desk.view, shard, message)
  if (refunds.length === 0) {
    const why = 'no message that waits there brought money'
    throw new CliError('REFUSED', 'there is nothing to refund', why, 'see ./aitbc rollup exit')
  }
  const paid: object[] = []
  for (const { place, amount, call } of refunds) {
    const sent = await desk.send(call)
    say.line(` returned  ${unitsText(amount)} AITBC of message ${place}   ${sentText(sent)}`)
    paid.push({ message: place, amount, tx: sent.hash, block: sent.block })
  }
  say.document({ shard, paid })
}

export function rollupRefundMessageCommand(terminal: Terminal): Command {
  return rollupCommand('refund-message', 'money of messages that a frozen shard never consumed')
    .argument('<shard>', 'the frozen shard')
    .argument('[message]', 'its place in the inbox (default: all that wait there)')
    .action((shard: string, message: string | undefined, options: RollupOptions) =>
      refundMessage(shard, message, options, terminal),
    )
}
