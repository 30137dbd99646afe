// Verifies the receipt of a transfer with nothing but its file and what the reader trusts. Pure: it
// runs on the command line and in a browser.

import type { Hex } from '../../lib/hex.ts'
import type { HashPairs } from '../crypto/hash-pairs.ts'
import { COSIGN_REFUSALS } from '../errors/cosign-refusals.ts'
import { checkFinality, type FinalityTrust, isTrusting } from '../light/verify-finality.ts'
import { EXIT_INDEX } from '../params.ts'
import { type Check, type FileCheck, invalid, runChecks } from '../receipt/check-list.ts'
import type { Claim } from './claim.ts'
import { orderedBy, orderedText, UNTIL_SETTLED } from './final-place.ts'
import { type FinalReceipt, readFinalReceipt, rollupReceiptOf } from './final-receipt.ts'
import { checkReceipt, type ReceiptCheck } from './rollup-receipt.ts'

export interface FinalReceiptTrust extends FinalityTrust {
  readonly hashPairs: HashPairs
}

/** What a valid file says. */
export interface ShownTransfer {
  readonly from: number
  readonly nonce: number
  readonly to: number
  /** Units. */
  readonly amount: bigint
  /** Units, paid besides. */
  readonly fee: number
  readonly shard: number
  /** Number of the batch. */
  readonly batch: number
  readonly claim: Hex
  /** Height of the block that ordered it. */
  readonly height: number
}

export type FinalReceiptVerdict =
  | {
      readonly valid: true
      /** False: nothing was given to trust, so the file only agrees with itself. */
      readonly trusted: boolean
      readonly transfer: ShownTransfer
      readonly checks: readonly FileCheck[]
    }
  | { readonly valid: false; readonly reason: string; readonly checks: readonly FileCheck[] }

/** Never throws: whatever the file holds, the answer is valid, or invalid with a reason. */
export function verifyFinalReceipt(
  file: Uint8Array | string,
  trust: FinalReceiptTrust,
): FinalReceiptVerdict {
  const checked = runChecks((check) => verifyParts(file, trust, check))
  if (!checked.valid) return checked
  const { value, checks } = checked
  return { valid: true, trusted: isTrusting(trust), transfer: value, checks }
}

function verifyParts(
  file: Uint8Array | string,
  trust: FinalReceiptTrust,
  check: Check,
): ShownTransfer {
  let receipt: FinalReceipt | undefined
  check('format', () => {
    const read = readFinalReceipt(file)
    if (!read.ok) invalid(read.reason)
    receipt = read.receipt
    return receipt.format
  })
  const whole = receipt as unknown as FinalReceipt
  let found: Extract<ReceiptCheck, { ok: true }> | undefined
  check('transfer', () => {
    found = inclusion(whole, trust.hashPairs)
    return transferText(whole, found.claim)
  })
  const { claim, hash } = found as unknown as Extract<ReceiptCheck, { ok: true }>
  let height = 0
  check('ordering', () => {
    height = orderedBy(whole, whole.finality.headers[0] as Hex)
    return orderedText(claim, height)
  })
  checkFinality(whole.finality, trust, check)
  check('until-settled', () => UNTIL_SETTLED, { warning: true })
  const { from, nonce, to, amount } = whole.transfer
  const { fee, shard, number: batch } = claim
  return { from, nonce, to, amount: BigInt(amount), fee, shard, batch, claim: hash, height }
}

function inclusion(receipt: FinalReceipt, hashPairs: HashPairs) {
  try {
    const checked = checkReceipt(rollupReceiptOf(receipt), hashPairs)
    return checked.ok ? checked : invalid(COSIGN_REFUSALS[checked.code])
  } catch (error) {
    if (error instanceof RangeError) return invalid(error.message)
    throw error
  }
}

function transferText({ transfer }: FinalReceipt, { fee }: Claim): string {
  const { from, nonce, to, amount } = transfer
  const payee = to === EXIT_INDEX ? 'its owner on the base chain' : `account ${to}`
  return `account ${from} paid ${payee} ${amount} units and a fee of ${fee}, with nonce ${nonce}`
}
