// aitbc rollup receipt INDEX NONCE: the file that shows offline that a transfer was executed; with
// --operation, that an operation on a lock was.

import { join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { OPERATION_KINDS, type OperationKind } from '../../../protocol/rollup/operation-terms.ts'
import { dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { askOf, fromNode, type LightBase, lightCommand } from '../light-options.ts'
import { indexArgument, operandArgument } from '../rollup-options.ts'
import { operationFileName, writeOperationReceipt, writeRollupReceipt } from '../rollup-receipt.ts'
import { operationText } from '../screen/operation-lines.ts'
import { unitsText } from '../screen/units.ts'
import type { Terminal } from '../terminal.ts'
import { readerTrust, type VerifyOptions, withTrust } from '../verify-file.ts'

interface ReceiptOptions extends LightBase, VerifyOptions {
  readonly out?: string
  readonly operation?: OperationKind
}

async function ofOperation(
  kind: OperationKind,
  place: readonly [lock: number, use: number],
  options: ReceiptOptions,
  terminal: Terminal,
): Promise<void> {
  const [lock, use] = place
  const name = operationFileName({ kind, lock, use })
  const path = pathOf(options, terminal, name)
  const trusted = await readerTrust(options, terminal)
  const ask = askOf(options, terminal)
  const { findOperation } = await import('../../../sdk/rollup/operations.ts')
  const found = await fromNode(findOperation(ask, { kind, lock, use }))
  if (!found) {
    const why = `no recent final batch has the ${kind} of lock ${lock}, use ${use}`
    const hint = `see ./aitbc rollup lock-status ${lock}`
    throw new CliError('UNKNOWN', 'there is no such operation', why, hint)
  }
  const operation = await writeOperationReceipt(ask, found, trusted, path)
  const say = speaker(options, terminal)
  say.line(` ${kind}   ${operationText(operation)}, block ${operation.height}`)
  say.line(` receipt   ${path}`)
  say.line(` check     ./aitbc rollup verify ${path}`)
  say.document({ file: path, operation })
}

function pathOf(options: ReceiptOptions, terminal: Terminal, name: string): string {
  if (options.out !== undefined) return resolve(terminal.cwd, options.out)
  return join(dataDirectory(options, terminal), 'receipts', name)
}

async function ofTransfer(
  place: { readonly from: number; readonly nonce: number },
  options: ReceiptOptions,
  terminal: Terminal,
): Promise<void> {
  const path = pathOf(options, terminal, `rollup-${place.from}-${place.nonce}.json`)
  const trusted = await readerTrust(options, terminal)
  const ask = askOf(options, terminal)
  const { transfer } = await writeRollupReceipt(ask, place, trusted, path)
  const say = speaker(options, terminal)
  const { from, to, amount, batch, height } = transfer
  say.line(` ${from} → ${to}   ${unitsText(amount)} AITBC   batch ${batch}, block ${height}`)
  say.line(` receipt   ${path}`)
  say.line(` check     ./aitbc rollup verify ${path}`)
  say.document({ file: path, transfer })
}

export function rollupReceiptCommand(terminal: Terminal): Command {
  const command = lightCommand('receipt', 'write the receipt of a transfer or of an operation')
  return withTrust(command)
    .argument('<index>', 'account that paid; of an operation its lock')
    .argument('<nonce>', 'number of its transfer, from 0; of an operation the use of the lock')
    .option('--out <file>', 'file to write (default: in the receipts of the data folder)')
    .addOption(
      new Option('--operation <kind>', 'of an operation on a lock').choices(
        Object.keys(OPERATION_KINDS),
      ),
    )
    .action(async (index: string, nonce: string, options: ReceiptOptions) => {
      const { operation } = options
      if (operation !== undefined) {
        const place = [operandArgument(index, 'lock'), indexArgument(nonce, 'use')] as const
        return ofOperation(operation, place, options, terminal)
      }
      const place = { from: indexArgument(index, 'account'), nonce: indexArgument(nonce, 'nonce') }
      return ofTransfer(place, options, terminal)
    })
}
