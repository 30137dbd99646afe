// aitbc rollup refund-parcel SHARD BATCH DESTINATION POSITION: a credit that was on its way to a
// shard which was frozen before it consumed it, paid on the base chain.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { indexArgument, type RollupOptions, rollupCommand } from '../rollup-options.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'
import { sentText } from '../validator-command.ts'

interface Place {
  readonly source: number
  readonly batch: number
  readonly destination: number
  readonly position: number
}

async function refundParcel(place: Place, options: RollupOptions, terminal: Terminal) {
  const { source, batch, destination, position } = place
  const { payerDesk } = await import('../payer-desk.ts')
  const { creditRefund } = await import('../rollup-refunds.ts')
  const desk = await payerDesk(options, terminal)
  const found = await creditRefund(desk.ask, source, batch, destination, position)
  if (!found) {
    const why = `batch ${batch} of shard ${source} sent no credit ${position} to ${destination}`
    throw new CliError('UNKNOWN', 'there is no such credit', why, 'positions are counted from 0')
  }
  const sent = await desk.send(found.call)
  const { amount } = found
  const say = speaker(options, terminal)
  say.line(` returned  ${unitsText(amount)} AITBC of a parcel   ${sentText(sent)}`)
  say.document({ ...place, amount, tx: sent.hash, block: sent.block })
}

export function rollupRefundParcelCommand(terminal: Terminal): Command {
  return rollupCommand('refund-parcel', 'a credit that a frozen shard never consumed')
    .argument('<shard>', 'that sent it')
    .argument('<batch>', 'number of the claim there')
    .argument('<destination>', 'the frozen shard')
    .argument('<position>', 'of the credit in the parcel, from 0')
    .action((...given: [string, string, string, string, RollupOptions]) => {
      const [shard, batch, to, at, options] = given
      const place = {
        source: indexArgument(shard, 'shard', 8),
        batch: indexArgument(batch, 'batch'),
        destination: indexArgument(to, 'shard', 8),
        position: indexArgument(at, 'position'),
      }
      return refundParcel(place, options, terminal)
    })
}
