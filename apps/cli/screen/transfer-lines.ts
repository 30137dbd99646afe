// An executed transfer of the rollup for people.

import { EXIT_INDEX } from '../../../protocol/params.ts'
import type { ExecutedTransfer } from '../rollup-transfer.ts'
import { formatMs } from './duration.ts'
import { unitsText } from './units.ts'

export function transferLines(executed: ExecutedTransfer): string[] {
  const { from, nonce, to, amount, batch, height, ms, receipt } = executed
  const payee = to === EXIT_INDEX ? 'the base chain' : `account ${to}`
  const paid = `${unitsText(amount)} AITBC from account ${from} to ${payee}`
  const lines = [` paid      ${paid}   batch ${batch}, block ${height} final in ${formatMs(ms)}`]
  if (receipt === undefined) {
    return [...lines, ` receipt   later: ./aitbc rollup receipt ${from} ${nonce}`]
  }
  return [...lines, ` receipt   ${receipt}`, ` check     ./aitbc rollup verify ${receipt}`]
}
