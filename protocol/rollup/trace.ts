// The trace of a batch: for each entry one leaf of sixteen little-endian words that says what was
// done, and what the accounts were before. What they are afterwards follows. It is what a batch is
// undone from, and what a fraud proof shows one leaf of.

import { sha256 } from '@noble/hashes/sha2.js'
import type { HashPairs } from '../crypto/hash-pairs.ts'
import { TRACE_LEAF_BYTES } from '../params.ts'
import { REGISTERED } from './account-table.ts'
import { heldFor, LOCK } from './lock-record.ts'
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
  /** A message that makes a lock. */
  lockMade: 9,
  /** Operations; from here on words are used otherwise (docs/spec/rollup-market.md). */
  pay: 10,
  rest: 11,
  refund: 12,
  lock: 13,
  /** A credit from another shard to a lock, which nobody can pay: it goes back too. */
  parcelToLock: 14,
} as const

/** A kind has the low bits of its word; the rest is the party of an entry of an operation. */
export const KIND_BITS = 8

const U32 = 2 ** 32

/**
 * A record before the entry, as a leaf tells it; `touch` 0 means that there was none. An account
 * has flags 1 and no deadline or owner.
 */
export interface AccountBefore {
  /** Units. */
  readonly balance: bigint
  readonly nonce: number
  readonly touch: number
  readonly flags: number
  readonly deadline: number
  readonly owner: number
}

export interface TraceLeaf {
  readonly kind: number
  /** Payee of the lock, or its owner where the payee is `to`; otherwise 0. */
  readonly party: number
  readonly fee: number
  readonly from: number
  readonly to: number
  readonly amount: bigint
  /** Of the lock; otherwise 0. */
  readonly deadline: number
  readonly fromBefore: AccountBefore
  readonly toBefore: AccountBefore
}

export const NO_RECORD: AccountBefore = {
  balance: 0n,
  nonce: 0,
  touch: 0,
  flags: 0,
  deadline: 0,
  owner: 0,
}

export function u64At(words: Uint32Array, at: number): bigint {
  return (BigInt(words[at + 1] as number) << 32n) | BigInt(words[at] as number)
}

/** Exact up to 2^53; a touch beyond is beyond any entry, whatever it rounds to. */
export function u53At(words: Uint32Array, at: number): number {
  return (words[at + 1] as number) * U32 + (words[at] as number)
}

function accountBefore(balance: bigint, nonce: number, touch: number): AccountBefore {
  const flags = touch > 0 ? REGISTERED : 0
  return { balance, nonce, touch, flags, deadline: 0, owner: 0 }
}

/** For proofs, not for the hot path. */
export function readLeaf(words: Uint32Array, start: number): TraceLeaf {
  const word = (at: number) => words[start + at] as number
  const head = word(AT.kind)
  const [kind, party] = [head & (2 ** KIND_BITS - 1), head >>> KIND_BITS]
  const [from, to, second] = [word(AT.from), word(AT.to), word(AT.fee)]
  const amount = u64At(words, start + AT.amount)
  const fromBefore = accountBefore(
    u64At(words, start + AT.fromBalance),
    word(AT.fromNonce),
    u53At(words, start + AT.fromTouch),
  )
  const toBefore = accountBefore(
    u64At(words, start + AT.toBalance),
    word(AT.toNonce),
    u53At(words, start + AT.toTouch),
  )
  const leaf = { kind, party, fee: second, from, to, amount, deadline: 0, fromBefore, toBefore }
  if (kind === KIND.lock) {
    // The lock is free before, so its balance is nothing: the low word has the deadline.
    const [deadline, balance] = [word(AT.toBalance), toBefore.balance - BigInt(word(AT.toBalance))]
    return { ...leaf, deadline, toBefore: { ...toBefore, balance, flags: LOCK, owner: from } }
  }
  if (kind === KIND.parcelToLock) {
    // What the sender was is not told: two of its words have the rest of the lock's record.
    const [owner, low] = [word(AT.fromBalance), word(AT.fromBalance + 1)]
    const flags = low + party * 2 ** KIND_BITS
    const others = { ...fromBefore, balance: 0n }
    const lock = { ...toBefore, flags, deadline: second, owner }
    return { ...leaf, fee: 0, deadline: second, fromBefore: others, toBefore: lock }
  }
  if (kind < KIND.pay || kind > KIND.refund) return leaf
  const [payee, owner] = kind === KIND.pay ? [to, party] : [party, to]
  const terms = { flags: heldFor(payee), deadline: second, owner }
  return { ...leaf, fee: 0, deadline: second, fromBefore: { ...fromBefore, ...terms } }
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
