// Operations on locks as they stand in a body: a leaf of eight words that says what is done, and a
// hash of what it is done for. docs/spec/rollup-market.md.

import type { BatchCounts } from './entry-counts.ts'
import { u64At } from './trace.ts'

export const OPERATION_LOCK = 1
export const OPERATION_SETTLE = 2
export const OPERATION_REFUND = 3

/** Words of leaf, hash and Ed25519 signature. */
export const OPERATION_LEAF_WORDS = 8
const HASH_WORDS = 8
const SIGNATURE_WORDS = 16
export const SETTLE_WORDS = OPERATION_LEAF_WORDS + HASH_WORDS + SIGNATURE_WORDS
export const REFUND_WORDS = OPERATION_LEAF_WORDS
export const LOCK_WORDS = OPERATION_LEAF_WORDS + HASH_WORDS + 2 + SIGNATURE_WORDS
/** Words before the operations: settles, refunds, locks, zero. */
export const OPERATIONS_HEAD_WORDS = 4

/** The operations of a body, each part one after the other: views of its words. */
export interface Operations {
  readonly settles: Uint32Array
  readonly refunds: Uint32Array
  readonly locks: Uint32Array
}

export const NO_OPERATIONS: Operations = {
  settles: new Uint32Array(0),
  refunds: new Uint32Array(0),
  locks: new Uint32Array(0),
}

/** What a leaf says. */
export interface Operation {
  readonly kind: number
  /** The payee; of a settle the owner of the lock. */
  readonly party: number
  /** The owner of a lock operation, otherwise the lock. */
  readonly from: number
  /** The lock, the payee, or the owner. */
  readonly to: number
  /** The owner's nonce of a lock operation, otherwise the lock's use. */
  readonly nonce: number
  /** Units. */
  readonly amount: bigint
  /** Height of the base chain. */
  readonly deadline: number
  /** The lock's use, of a lock operation. */
  readonly use: number
}

export function countOperations({ settles, refunds, locks }: Operations): OperationCounts {
  return {
    settles: settles.length / SETTLE_WORDS,
    refunds: refunds.length / REFUND_WORDS,
    locks: locks.length / LOCK_WORDS,
  }
}

export type OperationCounts = Pick<BatchCounts, 'settles' | 'refunds' | 'locks'>

export function hasOperations({ settles, refunds, locks }: Operations): boolean {
  return settles.length + refunds.length + locks.length > 0
}

/** The leaf that begins at word `at`. */
export function readOperation(words: Uint32Array, at: number): Operation {
  const head = words[at] as number
  return {
    kind: head & 0xff,
    party: head >>> 8,
    from: words[at + 1] as number,
    to: words[at + 2] as number,
    nonce: words[at + 3] as number,
    amount: u64At(words, at + 4),
    deadline: words[at + 6] as number,
    use: words[at + 7] as number,
  }
}

/** 32 bytes. */
export function encodeOperation(operation: Operation): Uint8Array {
  const { kind, party, from, to, nonce, amount, deadline, use } = operation
  const [lo, hi] = [Number(amount & 0xffff_ffffn), Number(amount >> 32n)]
  const head = ((party << 8) | kind) >>> 0
  return new Uint8Array(Uint32Array.of(head, from, to, nonce, lo, hi, deadline, use).buffer)
}

/** Leaf and hash of each operation, in the order of the body, for the tree under `opRoot`. */
export function writeOperationNodes(operations: Operations, out: Uint32Array): void {
  const { settles, refunds, locks } = operations
  const pair = OPERATION_LEAF_WORDS + HASH_WORDS
  let to = 0
  const copy = (part: Uint32Array, size: number, words: number) => {
    for (let at = 0; at < part.length; at += size, to += pair) {
      out.fill(0, to, to + pair)
      out.set(part.subarray(at, at + words), to)
    }
  }
  copy(settles, SETTLE_WORDS, pair)
  copy(refunds, REFUND_WORDS, REFUND_WORDS)
  copy(locks, LOCK_WORDS, pair)
}

/** Without those at some positions of the body's order. */
export function withoutOperations(operations: Operations, gone: ReadonlySet<number>): Operations {
  if (gone.size === 0) return operations
  let first = 0
  const left = (part: Uint32Array, size: number) => {
    const count = part.length / size
    const kept = part.filter((_, word) => !gone.has(first + Math.floor(word / size)))
    first += count
    return kept
  }
  const { settles, refunds, locks } = operations
  return {
    settles: left(settles, SETTLE_WORDS),
    refunds: left(refunds, REFUND_WORDS),
    locks: left(locks, LOCK_WORDS),
  }
}
