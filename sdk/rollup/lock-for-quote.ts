// The lock with which a consumer pays what a coordinator has quoted for a job.

import type { Hex } from '../../lib/hex.ts'
import { ROLLUP_UNIT_WEI } from '../../protocol/params.ts'
import type { OperationTerms } from '../../protocol/rollup/operation-terms.ts'
import type { SentOperation } from '../../protocol/rollup/sent-operation.ts'
import { type SpendSign, signLock } from '../../protocol/rollup/sign-operation.ts'

/** Blocks after which a lock that was not executed is void. */
export const LOCK_SIGNED_BLOCKS = 600

export interface QuotedJob {
  readonly jobId: Hex
  readonly requestHash: Hex
  readonly modelRoot: Hex
  readonly priceWei: bigint
  /** Whom to pay, and until which height of the base chain the money is his. */
  readonly lock?: { readonly payee: number; readonly deadline: number } | undefined
}

export interface LockChoice {
  /** Units, for the batch. */
  readonly maxFee: number
  /** Of the base chain now. */
  readonly height: number
}

/** Throws RangeError for a quote that is not for the rollup, and for numbers out of range. */
export function lockForQuote(
  genesisHash: Hex,
  { jobId, requestHash, modelRoot, priceWei, lock }: QuotedJob,
  payer: Pick<OperationTerms, 'owner' | 'lock' | 'use' | 'nonce'>,
  { maxFee, height }: LockChoice,
  sign: SpendSign,
): SentOperation {
  if (!lock) throw new RangeError('the quote names no account to pay: ask for payment rollup')
  if (priceWei % ROLLUP_UNIT_WEI !== 0n) throw new RangeError('the price is not in whole units')
  const terms = { ...payer, ...lock, amount: priceWei / ROLLUP_UNIT_WEI }
  const notAfter = Math.min(lock.deadline, height + LOCK_SIGNED_BLOCKS)
  return signLock(genesisHash, terms, { jobId, requestHash, modelRoot }, { maxFee, notAfter }, sign)
}
