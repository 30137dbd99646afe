// aitbc rollup receipt INDEX NONCE: the file that shows offline that a transfer was executed.

import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { dataDirectory, speaker } from '../base-command.ts'
import { askOf, type LightBase, lightCommand } from '../light-options.ts'
import { indexArgument } from '../rollup-options.ts'
import { writeRollupReceipt } from '../rollup-receipt.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'
import { readerTrust, type VerifyOptions, withTrust } from '../verify-file.ts'

interface ReceiptOptions extends LightBase, VerifyOptions {
  readonly out?: string
}

export function rollupReceiptCommand(terminal: Terminal): Command {
  const command = lightCommand('receipt', 'write the receipt of a transfer in the rollup')
  return withTrust(command)
    .argument('<index>', 'account that paid')
    .argument('<nonce>', 'number of its transfer, from 0')
    .option('--out <file>', 'file to write (default: in the receipts of the data folder)')
    .action(async (index: string, nonce: string, options: ReceiptOptions) => {
      const place = { from: indexArgument(index, 'account'), nonce: indexArgument(nonce, 'nonce') }
      const folder = join(dataDirectory(options, terminal), 'receipts')
      const own = join(folder, `rollup-${place.from}-${place.nonce}.json`)
      const path = options.out === undefined ? own : resolve(terminal.cwd, options.out)
      const trusted = await readerTrust(options, terminal)
      const ask = askOf(options, terminal)
      const { transfer } = await writeRollupReceipt(ask, place, trusted, path)
      const say = speaker(options, terminal)
      const { from, to, amount, batch, height } = transfer
      say.line(` ${from} → ${to}   ${unitsText(amount)} AITBC   batch ${batch}, block ${height}`)
      say.line(` receipt   ${path}`)
      say.line(` check     ./aitbc rollup verify ${path}`)
      say.document({ file: path, transfer })
    })
}
