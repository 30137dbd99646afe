// An executed operation on a lock for people.

import type { ExecutedOperation } from '../rollup-operation.ts'
import { unitsText } from './units.ts'

/** What it did, in the past. */
export function operationText(operation: Omit<ExecutedOperation, 'receipt' | 'hash'>): string {
  const { kind, owner, payee, amount, deadline, batch } = operation
  const money = `${unitsText(amount)} AITBC`
  if (kind === 'lock')
    return `${money} for account ${payee} until block ${deadline}   batch ${batch}`
  if (kind === 'refund') return `${money} to account ${owner}   batch ${batch}`
  return `${money} to account ${payee}, the rest to account ${owner}   batch ${batch}`
}

/** Of `kind`, in eight letters. */
const DONE = { lock: 'locked  ', settle: 'paid    ', refund: 'returned' } as const

export function operationLines(executed: ExecutedOperation): string[] {
  const { kind, lock, use, receipt } = executed
  const lines = [` ${DONE[kind]}  ${operationText(executed)}`, ` lock      ${lock}, use ${use}`]
  if (receipt === undefined) {
    const later = `./aitbc rollup receipt ${lock} ${use} --operation ${kind}`
    return [...lines, ` file      later: ${later}`]
  }
  return [...lines, ` file      ${receipt}`, ` check     ./aitbc rollup verify ${receipt}`]
}
