// The trace of a batch: for each entry one leaf of sixteen little-endian words that says what was
// done, and what the accounts were before. What they are afterwards follows. It is what a batch is
// undone from, and what a fraud proof shows one leaf of.

import { sha256 } from '@noble/hashes/sha2.js'
import type { HashPairs } from '../crypto/hash-pairs.ts'
import { TRACE_LEAF_BYTES } from '../params.ts'
import type { MerkleTree } from './transfer-tree.ts'

export const LEAF_WORDS = TRACE_LEAF_BYTES / 4
/** Positions of the words; amounts, balances and touches have their high word one further. */
export const AT = {
  kind: 0,
  fee: 1,
  from: 2,
  to: 3,
  amount: 4,
  fromBalance: 6,
  fromTouch: 8,
  fromNonce: 10,
  toNonce: 11,
  toBalance: 12,
  toTouch: 14,
} as const

export const KIND = {
  /** Messages of the inbox. A forced transfer that cannot be paid does nothing. */
  register: 1,
  deposit: 2,
  force: 3,
  forceVoid: 4,
  /** Credits from other shards. One for nobody goes back where it came from. */
  parcel: 5,
  parcelReturned: 6,
  transfer: 7,
  /** The sum of the batch's fees. */
  fee: 8,
} as const

const U32 = 2 ** 32

/** What a leaf says of one account before the entry; `touch` 0 means that it was not registered. */
export interface AccountBefore {
  /** Units. */
  readonly balance: bigint
  readonly nonce: number
  readonly touch: number
}

export interface TraceLeaf {
  readonly kind: number
  readonly fee: number
  readonly from: number
  readonly to: number
  readonly amount: bigint
  readonly fromBefore: AccountBefore
  readonly toBefore: AccountBefore
}

export function u64At(words: Uint32Array, at: number): bigint {
  return (BigInt(words[at + 1] as number) << 32n) | BigInt(words[at] as number)
}

/** Exact up to 2^53; a touch beyond is beyond any entry, whatever it rounds to. */
export function u53At(words: Uint32Array, at: number): number {
  return (words[at + 1] as number) * U32 + (words[at] as number)
}

/** For proofs, not for the hot path. */
export function readLeaf(words: Uint32Array, start: number): TraceLeaf {
  const word = (at: number) => words[start + at] as number
  return {
    kind: word(AT.kind),
    fee: word(AT.fee),
    from: word(AT.from),
    to: word(AT.to),
    amount: u64At(words, start + AT.amount),
    fromBefore: {
      balance: u64At(words, start + AT.fromBalance),
      nonce: word(AT.fromNonce),
      touch: u53At(words, start + AT.fromTouch),
    },
    toBefore: {
      balance: u64At(words, start + AT.toBalance),
      nonce: word(AT.toNonce),
      touch: u53At(words, start + AT.toTouch),
    },
  }
}

/** Ties the root over the leaves to their count. */
export function traceCommitment(leavesRoot: Uint8Array, count: number): Uint8Array {
  const pair = new Uint8Array(64)
  pair.set(leavesRoot)
  new Uint32Array(pair.buffer).set([count], 8)
  return sha256(pair)
}

/** Root of `count` leaves; what `tree` held before is gone. */
export function traceRoot(
  trace: Uint32Array,
  count: number,
  tree: MerkleTree,
  hashPairs: HashPairs,
): Uint8Array {
  const nodes = tree.reserve(count)
  hashPairs(new Uint8Array(trace.buffer, trace.byteOffset, count * TRACE_LEAF_BYTES), nodes)
  return traceCommitment(tree.build(), count)
}
