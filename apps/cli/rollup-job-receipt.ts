// A provider's receipt that is to be settled by the rollup: read from its file, and held against
// the lock that it names, before anything is signed.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { ReceiptV2, RollupBilling } from '../../protocol/receipt/receipt-v2.ts'
import type { HeldLock } from '../../protocol/rollup/sign-operation.ts'
import { CliError } from './cli-error.ts'
import { isHeld, lockOf } from './rollup-locks.ts'
import { findFinal } from './rollup-operation.ts'
import { unitsText } from './screen/units.ts'
import { invalidReceipt } from './verify-file.ts'

export interface JobReceipt {
  readonly receipt: ReceiptV2
  readonly rollup: RollupBilling
  /** Units. */
  readonly price: bigint
  /** Of its settle. */
  readonly hash: Hex
}

/** Throws CliError INVALID_RECEIPT, or REFUSED for one of the market or of another chain. */
export async function jobReceipt(file: Uint8Array, chainId: number): Promise<JobReceipt> {
  const { verifyReceipt } = await import('../../sdk/receipts/verify-receipt.ts')
  const { receiptDigest } = await import('../../protocol/receipt/sign-receipt.ts')
  const { ROLLUP_UNIT_WEI } = await import('../../protocol/params.ts')
  const { valid, kind, reason, checks, receipt: read } = verifyReceipt(file)
  if (kind !== 'receipt-v2') {
    const why = `the file is ${kind === 'unknown' ? 'something else' : `a ${kind}`}`
    throw new CliError('INVALID_RECEIPT', 'it is no receipt v2', why, 'give the receipt alone')
  }
  if (!valid) throw invalidReceipt(reason ?? '', checks)
  const receipt = read as ReceiptV2
  const { rollup, amount } = receipt.billing
  if (!rollup) {
    const why = 'it has no billing.rollup: the market module settles it'
    const hint = 'name lock, use and account in it before it is signed'
    throw new CliError('REFUSED', 'the rollup does not settle this receipt', why, hint)
  }
  if (receipt.chain_id !== chainId) {
    const why = `it is of chain ${receipt.chain_id}, the node of chain ${chainId}`
    throw new CliError('REFUSED', 'the receipt is of another chain', why, 'ask another with --rpc')
  }
  const price = BigInt(amount) / ROLLUP_UNIT_WEI
  return { receipt, rollup, price, hash: bytesToHex(receiptDigest(receipt)) }
}

/** What became of a use of a lock that does not hold it any more, for people. */
export async function whatBecame(rpc: string, lock: number, use: number): Promise<string> {
  for (const kind of ['settle', 'refund'] as const) {
    const found = await findFinal(rpc, { kind, lock, use })
    if (!found) continue
    const { amount, payee, owner } = found.operation
    const money = `${unitsText(amount)} AITBC`
    return kind === 'settle'
      ? `account ${payee} was paid ${money} out of it`
      : `${money} went back to account ${owner} after the deadline`
  }
  return 'no recent batch locked money in it for this use'
}

/** The lock while it holds this use for this account. Rejects with CliError. */
export async function heldFor(rpc: string, { lock, use, payee }: RollupBilling): Promise<HeldLock> {
  const found = await lockOf(rpc, lock)
  const hint = `see ./aitbc rollup lock-status ${lock}`
  if (!isHeld(found) || found.use !== use) {
    const why = await whatBecame(rpc, lock, use)
    throw new CliError('REFUSED', `lock ${lock} holds nothing for use ${use}`, why, hint)
  }
  if (found.payee === payee) return found
  const why = `it is for account ${found.payee}, not for ${payee}`
  throw new CliError('REFUSED', `lock ${lock} is for somebody else`, why, hint)
}

/** Rejects with CliError where the lock holds too little, or was filled for another job. */
export async function checkLockPays(
  rpc: string,
  held: HeldLock,
  { receipt, price }: JobReceipt,
): Promise<void> {
  if (held.amount < price) {
    const why = `it holds ${unitsText(held.amount)} AITBC, the price is ${unitsText(price)}`
    const hint = 'make the receipt with a price cap of what is locked'
    throw new CliError('REFUSED', `lock ${held.lock} holds too little`, why, hint)
  }
  const { termsHash } = await import('../../protocol/rollup/operation-digests.ts')
  const { job_id: jobId, request_hash: requestHash, model_root: modelRoot } = receipt
  const locked = await findFinal(rpc, { kind: 'lock', lock: held.lock, use: held.use })
  if (!locked || locked.hash === bytesToHex(termsHash({ jobId, requestHash, modelRoot }))) return
  const why = 'job, request or model of the receipt are not those of the lock'
  const hint = 'settle the receipt of the job that the money was locked for'
  throw new CliError('REFUSED', `lock ${held.lock} is for another job`, why, hint)
}
