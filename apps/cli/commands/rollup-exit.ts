// aitbc rollup exit [AMOUNT]: money from the rollup back to its owner on the base chain. Without an
// amount it fetches what earlier exits have left there.

import type { Command } from 'commander'
import { speaker } from '../base-command.ts'
import { type RollupOptions, rollupCommand, unitsArgument } from '../rollup-options.ts'
import { transferLines } from '../screen/transfer-lines.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'
import { sentText } from '../validator-command.ts'
import { readerTrust, type VerifyOptions, withTrust } from '../verify-file.ts'

async function exit(
  text: string | undefined,
  options: RollupOptions & VerifyOptions,
  terminal: Terminal,
): Promise<void> {
  const amount = text === undefined ? undefined : unitsArgument(text)
  const trusted = await readerTrust(options, terminal)
  const { EXIT_INDEX } = await import('../../../protocol/params.ts')
  const { rollupDesk } = await import('../rollup-desk.ts')
  const { exitListed, nothingToFetch, payExit, unpaidExits } = await import('../rollup-claims.ts')
  const { executeTransfer } = await import('../rollup-transfer.ts')
  const desk = await rollupDesk(options, terminal)
  const say = speaker(options, terminal)
  const executed =
    amount === undefined
      ? undefined
      : await executeTransfer(desk, { to: EXIT_INDEX, amount }, trusted)
  if (executed) for (const line of transferLines(executed)) say.line(line)
  const index = await desk.index()
  if (executed) await exitListed(desk, index, executed.batch)
  const unpaid = await unpaidExits(desk, index)
  if (unpaid.length === 0) throw await nothingToFetch(desk, index)
  const paid: object[] = []
  for (const one of unpaid) {
    const sent = await payExit(desk, one)
    say.line(` fetched   ${unitsText(one.amount)} AITBC for ${desk.owner}   ${sentText(sent)}`)
    paid.push({ ...one, tx: sent.hash, block: sent.block })
  }
  say.document({ owner: desk.owner, transfer: executed ?? null, paid })
}

export function rollupExitCommand(terminal: Terminal): Command {
  return withTrust(rollupCommand('exit', 'take money out of the rollup, to its owner'))
    .argument('[amount]', 'AITBC; without it, what earlier exits have left is fetched')
    .action((text: string | undefined, options: RollupOptions & VerifyOptions) =>
      exit(text, options, terminal),
    )
}
