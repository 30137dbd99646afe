// The two operations of a job as its consumer and its provider would sign them, with the keys of
// the genesis's accounts. Job and receipt are made up: the chain compares their hashes with
// nothing.

import { createHash } from 'node:crypto'
import type { KeyBook } from '../../../../compute/crypto/key-book.ts'
import { bytesToHex, type Hex } from '../../../../lib/hex.ts'
import type { SentOperation } from '../../../../protocol/rollup/sent-operation.ts'
import { signLock, signSettled } from '../../../../protocol/rollup/sign-operation.ts'
import type { JobLock } from './lock-book.ts'

/** Units that are locked for a job; it costs less. */
export const LOCKED = 1000n
const PRICE_MASK = 511
const MAX_FEE = 1000

export interface JobTermsOf {
  readonly lock: JobLock
  /** Account of the provider. */
  readonly payee: number
  /** Height of the base chain. */
  readonly deadline: number
  /** Of the job, for its hashes and its price. */
  readonly serial: number
}

function hashOf(what: string, serial: number): Hex {
  return bytesToHex(createHash('sha256').update(`${what} ${serial}`).digest())
}

/** Units. */
export function priceOf(serial: number): bigint {
  return BigInt(1 + ((serial * 2_654_435_761) & PRICE_MASK))
}

export function lockOf(terms: JobTermsOf, genesisHash: Hex, book: KeyBook): SentOperation {
  const { lock, payee, deadline, serial } = terms
  const { index, owner, use, nonce } = lock
  const job = {
    jobId: hashOf('job', serial),
    requestHash: hashOf('request', serial),
    modelRoot: hashOf('model', 0),
  }
  const held = { owner, lock: index, payee, use, nonce, amount: LOCKED, deadline }
  return signLock(genesisHash, held, job, { maxFee: MAX_FEE, notAfter: deadline }, (digest) =>
    book.signTransfer(owner, digest),
  )
}

export function settleOf(terms: JobTermsOf, genesisHash: Hex, book: KeyBook): SentOperation {
  const { lock, payee, deadline, serial } = terms
  const { index, owner, use } = lock
  const held = { owner, lock: index, payee, use, amount: LOCKED, deadline }
  const paid = { amount: priceOf(serial), hash: hashOf('receipt', serial) }
  return signSettled(genesisHash, held, paid, (digest) => book.signTransfer(payee, digest))
}
