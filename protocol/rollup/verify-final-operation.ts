// Verifies the receipt of an operation on a lock with nothing but its file and what the reader
// trusts. Pure: it runs on the command line and in a browser.

import type { Hex } from '../../lib/hex.ts'
import type { HashPairs } from '../crypto/hash-pairs.ts'
import { COSIGN_REFUSALS } from '../errors/cosign-refusals.ts'
import { checkFinality, isTrusting } from '../light/verify-finality.ts'
import { type Check, type FileCheck, invalid, runChecks } from '../receipt/check-list.ts'
import type { Claim } from './claim.ts'
import { type FinalOperation, operationReceiptOf, readFinalOperation } from './final-operation.ts'
import { orderedBy, orderedText, UNTIL_SETTLED } from './final-place.ts'
import { checkOperation, type OperationReceipt } from './operation-receipt.ts'
import type { OperationTerms } from './operation-terms.ts'
import type { FinalReceiptTrust } from './verify-final-receipt.ts'

/** What a valid file says. */
export interface ShownOperation extends OperationTerms {
  readonly hash: Hex
  readonly shard: number
  /** Number of the batch. */
  readonly batch: number
  readonly claim: Hex
  /** Height of the block that ordered it. */
  readonly height: number
}

export type FinalOperationVerdict =
  | {
      readonly valid: true
      /** False: nothing was given to trust, so the file only agrees with itself. */
      readonly trusted: boolean
      readonly operation: ShownOperation
      readonly checks: readonly FileCheck[]
    }
  | { readonly valid: false; readonly reason: string; readonly checks: readonly FileCheck[] }

/** Never throws: whatever the file holds, the answer is valid, or invalid with a reason. */
export function verifyFinalOperation(
  file: Uint8Array | string,
  trust: FinalReceiptTrust,
): FinalOperationVerdict {
  const checked = runChecks((check) => verifyParts(file, trust, check))
  if (!checked.valid) return checked
  const { value, checks } = checked
  return { valid: true, trusted: isTrusting(trust), operation: value, checks }
}

/** As a check: the claim that holds the operation. Throws Invalid, RlpError. */
export function claimOfOperation(
  receiptOf: () => OperationReceipt,
  hashPairs: HashPairs,
): { readonly claim: Claim; readonly hash: Hex } {
  try {
    const checked = checkOperation(receiptOf(), hashPairs)
    return checked.ok ? checked : invalid(COSIGN_REFUSALS[checked.code])
  } catch (error) {
    if (error instanceof RangeError) return invalid(error.message)
    throw error
  }
}

function verifyParts(
  text: Uint8Array | string,
  trust: FinalReceiptTrust,
  check: Check,
): ShownOperation {
  let read: FinalOperation | undefined
  check('format', () => {
    const found = readFinalOperation(text)
    if (!found.ok) invalid(found.reason)
    read = found.file
    return read.format
  })
  const file = read as unknown as FinalOperation
  const amount = BigInt(file.operation.amount)
  let found: ReturnType<typeof claimOfOperation> | undefined
  check('operation', () => {
    found = claimOfOperation(() => operationReceiptOf(file), trust.hashPairs)
    return operationText({ ...file.operation, amount })
  })
  const { claim, hash } = found as unknown as ReturnType<typeof claimOfOperation>
  let height = 0
  check('ordering', () => {
    height = orderedBy(file, file.finality.headers[0] as Hex)
    return orderedText(claim, height)
  })
  checkFinality(file.finality, trust, check)
  check('until-settled', () => UNTIL_SETTLED, { warning: true })
  const { shard, number: batch } = claim
  return { ...file.operation, amount, hash: file.hash, shard, batch, claim: hash, height }
}

function operationText(operation: OperationTerms): string {
  const { kind, owner, lock, payee, use, amount, deadline } = operation
  const which = `lock ${lock}, use ${use}`
  if (kind === 'lock') {
    return `account ${owner} locked ${amount} units for account ${payee} until block ${deadline} in ${which}`
  }
  return kind === 'settle'
    ? `account ${payee} was paid ${amount} units, the rest went back to account ${owner}, from ${which}`
    : `${amount} units went back to account ${owner} after block ${deadline}, from ${which}`
}
