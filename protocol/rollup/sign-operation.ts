// Makes the operations by which a job is paid in the rollup: its consumer locks, its provider
// settles. What nobody settles sequencers give back by themselves. Nothing is looked up here.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import type { UnsignedReceipt } from '../receipt/receipt-v2.ts'
import { settleOf } from '../receipt/rollup-settlement.ts'
import { type JobTerms, lockDigest, settleDigest, termsHash } from './operation-digests.ts'
import { isOperation, type OperationTerms, operationOf } from './operation-terms.ts'
import { encodeOperation } from './operations.ts'
import type { SentOperation } from './sent-operation.ts'

/** Ed25519 with the account's spend key, 64 bytes. */
export type SpendSign = (digest: Uint8Array) => Uint8Array

export interface LockLimits {
  /** Units, for the batch. */
  readonly maxFee: number
  /** Height of the base chain after which the signature is void; at most the deadline. */
  readonly notAfter: number
}

const ZERO_HASH: Hex = `0x${'00'.repeat(32)}`

/** Throws RangeError. */
function leafOf(terms: OperationTerms): Uint8Array {
  if (!isOperation(terms)) throw new RangeError('a number of the operation is out of range')
  return encodeOperation(operationOf(terms))
}

/** Of the consumer, for one job. Throws RangeError for numbers that are out of range. */
export function signLock(
  genesisHash: Hex,
  terms: Omit<OperationTerms, 'kind'>,
  job: JobTerms,
  { maxFee, notAfter }: LockLimits,
  sign: SpendSign,
): SentOperation {
  const lock = { ...terms, kind: 'lock' } as const
  if (notAfter > terms.deadline) throw new RangeError('notAfter is behind the deadline')
  const hash = termsHash(job)
  const signature = sign(lockDigest(genesisHash, leafOf(lock), hash, maxFee, notAfter))
  return { terms: lock, hash: bytesToHex(hash), maxFee, notAfter, signature }
}

/** What a lock holds, as `rollup_getLock` says it. */
export interface HeldLock {
  readonly owner: number
  readonly lock: number
  readonly payee: number
  readonly use: number
  /** Units. */
  readonly amount: bigint
  readonly deadline: number
}

/** What a provider takes of a lock, and the hash that says for what. */
export interface Payment {
  /** Units. */
  readonly amount: bigint
  readonly hash: Hex
}

/** Of the provider. Throws RangeError where the lock holds less. */
export function signSettled(
  genesisHash: Hex,
  { owner, lock, payee, use, deadline, amount: most }: HeldLock,
  { amount, hash }: Payment,
  sign: SpendSign,
): SentOperation {
  if (amount > most) throw new RangeError('the lock holds less than the price')
  const terms = { kind: 'settle', owner, lock, payee, use, nonce: 0, amount, deadline } as const
  const signature = sign(settleDigest(genesisHash, leafOf(terms), hexToBytes(hash)))
  return { terms, hash, maxFee: 0, notAfter: 0, signature }
}

/**
 * Of the provider: takes the price of the receipt, the rest goes back. Throws RangeError where the
 * receipt is not to be paid out of this lock, or not with what it holds.
 */
export function signSettle(
  genesisHash: Hex,
  held: HeldLock,
  receipt: UnsignedReceipt,
  sign: SpendSign,
): SentOperation {
  const { operation, hash } = settleOf(receipt, held)
  const { lock, use, payee, amount } = operation
  if (lock !== held.lock || use !== held.use || payee !== held.payee) {
    throw new RangeError('the receipt names another lock, use or account')
  }
  return signSettled(genesisHash, held, { amount, hash }, sign)
}

/** Of the provider: takes nothing, and all goes back before the deadline. */
export function signRelease(genesisHash: Hex, held: HeldLock, sign: SpendSign): SentOperation {
  return signSettled(genesisHash, held, { amount: 0n, hash: ZERO_HASH }, sign)
}
