// An operation in words: whose lock, for whom, how much. A leaf has the same in the order that its
// kind has there (docs/spec/rollup-market.md).

import { ROLLUP_ACCOUNTS_MAX } from '../params.ts'
import { OPERATION_LOCK, OPERATION_REFUND, OPERATION_SETTLE, type Operation } from './operations.ts'

export const OPERATION_KINDS = {
  lock: OPERATION_LOCK,
  settle: OPERATION_SETTLE,
  refund: OPERATION_REFUND,
} as const

export type OperationKind = keyof typeof OPERATION_KINDS

export interface OperationTerms {
  readonly kind: OperationKind
  /** Accounts, and the lock by its index. */
  readonly owner: number
  readonly lock: number
  readonly payee: number
  /** How often the lock was given back before. */
  readonly use: number
  /** The owner's, of a lock operation; 0 of the others. */
  readonly nonce: number
  /** Units: what is locked, what the payee is paid, or what goes back. */
  readonly amount: bigint
  /** Height of the base chain. */
  readonly deadline: number
}

export function operationOf(terms: OperationTerms): Operation {
  const { owner, lock, payee, use, nonce, amount, deadline } = terms
  const kind = OPERATION_KINDS[terms.kind]
  if (terms.kind === 'lock') {
    return { kind, party: payee, from: owner, to: lock, nonce, amount, deadline, use }
  }
  const held = { kind, from: lock, nonce: use, amount, deadline, use: 0 }
  return terms.kind === 'settle'
    ? { ...held, party: owner, to: payee }
    : { ...held, party: payee, to: owner }
}

/** Undefined for what is of no kind, or says more than its kind does. */
export function termsOf(operation: Operation): OperationTerms | undefined {
  const { party, from, to, nonce, amount, deadline, use } = operation
  const facts = { amount, deadline }
  if (operation.kind === OPERATION_LOCK) {
    return { kind: 'lock', owner: from, lock: to, payee: party, use, nonce, ...facts }
  }
  if (use !== 0) return undefined
  switch (operation.kind) {
    case OPERATION_SETTLE:
      return { kind: 'settle', owner: party, lock: from, payee: to, use: nonce, nonce: 0, ...facts }
    case OPERATION_REFUND:
      return { kind: 'refund', owner: to, lock: from, payee: party, use: nonce, nonce: 0, ...facts }
    default:
      return undefined
  }
}

const isBelow = (value: number, end: number) =>
  Number.isSafeInteger(value) && value >= 0 && value < end

/** Whether a leaf can hold these. */
export function isOperation({ kind, owner, lock, payee, ...terms }: OperationTerms): boolean {
  const { use, nonce, amount, deadline } = terms
  return (
    kind in OPERATION_KINDS &&
    [owner, lock, payee].every((index) => isBelow(index, ROLLUP_ACCOUNTS_MAX)) &&
    [use, nonce, deadline].every((number) => isBelow(number, 2 ** 32)) &&
    (kind === 'lock' || nonce === 0) &&
    amount >= (kind === 'settle' ? 0n : 1n) &&
    amount < 2n ** 64n
  )
}
