// What must be verified of a body's operations: whose signatures, over what, and the heights within
// which they hold.

import type { Hex } from '../../lib/hex.ts'
import { LOCK_BLOCKS_MAX } from '../params.ts'
import { type Body, SPEND_SIGNATURE_BYTES } from './body-layout.ts'
import { NO_LIMIT } from './claim.ts'
import { lockDigest, settleDigest } from './operation-digests.ts'
import {
  LOCK_WORDS,
  OPERATION_LEAF_WORDS,
  type Operations,
  REFUND_WORDS,
  SETTLE_WORDS,
} from './operations.ts'

const LEAF_BYTES = 4 * OPERATION_LEAF_WORDS
const DEADLINE = 6
const LOCK_MAX_FEE = 2 * OPERATION_LEAF_WORDS
const LOCK_NOT_AFTER = LOCK_MAX_FEE + 1

/** A signed operation: who signs, what, and the signature. */
export interface OperationCheck {
  /** In the order of the body. */
  readonly position: number
  /** The account whose spend key it is. */
  readonly signer: number
  readonly digest: Uint8Array
  readonly signature: Uint8Array
}

/** The lowest height after which a lock's signature or a settle is void. */
export function operationsNotAfter({ settles, locks }: Operations): number {
  let lowest = NO_LIMIT
  const take = (height: number) => {
    if (height < lowest) lowest = height
  }
  for (let at = 0; at < settles.length; at += SETTLE_WORDS) take(settles[at + DEADLINE] as number)
  for (let at = 0; at < locks.length; at += LOCK_WORDS) take(locks[at + LOCK_NOT_AFTER] as number)
  return lowest
}

/** The lowest height at which each refund's deadline has passed and none of a lock is too far. */
export function operationsNotBefore({ refunds, locks }: Omit<Operations, 'settles'>): number {
  let lowest = 0
  const take = (height: number) => {
    if (height > lowest) lowest = height
  }
  for (let at = 0; at < refunds.length; at += REFUND_WORDS) {
    take((refunds[at + DEADLINE] as number) + 1)
  }
  for (let at = 0; at < locks.length; at += LOCK_WORDS) {
    take((locks[at + DEADLINE] as number) - LOCK_BLOCKS_MAX)
  }
  return lowest
}

/** Number among the locks of the first that does not pay so much; undefined where all do. */
export function lockBelowFee({ locks }: Pick<Operations, 'locks'>, fee: number) {
  for (let at = 0; at < locks.length; at += LOCK_WORDS) {
    if ((locks[at + LOCK_MAX_FEE] as number) < fee) return at / LOCK_WORDS
  }
  return undefined
}

function bytesOf(words: Uint32Array, at: number, bytes: number): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset + 4 * at, bytes)
}

/** All that are signed; refunds are not. */
export function operationChecks(
  { operations: { settles, refunds, locks } }: Pick<Body, 'operations'>,
  genesisHash: Hex,
): OperationCheck[] {
  const checks: OperationCheck[] = []
  const signed = (words: Uint32Array, end: number) =>
    bytesOf(words, end - SPEND_SIGNATURE_BYTES / 4, SPEND_SIGNATURE_BYTES)
  for (let at = 0; at < settles.length; at += SETTLE_WORDS) {
    const leaf = bytesOf(settles, at, LEAF_BYTES)
    const hash = bytesOf(settles, at + OPERATION_LEAF_WORDS, LEAF_BYTES)
    checks.push({
      position: checks.length,
      signer: settles[at + 2] as number,
      digest: settleDigest(genesisHash, leaf, hash),
      signature: signed(settles, at + SETTLE_WORDS),
    })
  }
  const first = checks.length + refunds.length / REFUND_WORDS
  for (let at = 0; at < locks.length; at += LOCK_WORDS) {
    const leaf = bytesOf(locks, at, LEAF_BYTES)
    const hash = bytesOf(locks, at + OPERATION_LEAF_WORDS, LEAF_BYTES)
    const maxFee = locks[at + LOCK_MAX_FEE] as number
    const notAfter = locks[at + LOCK_NOT_AFTER] as number
    checks.push({
      position: first + at / LOCK_WORDS,
      signer: locks[at + 1] as number,
      digest: lockDigest(genesisHash, leaf, hash, maxFee, notAfter),
      signature: signed(locks, at + LOCK_WORDS),
    })
  }
  return checks
}
