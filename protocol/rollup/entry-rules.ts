// What a trace leaf must be by itself, and what follows from it: whom the entry touches, what they
// are afterwards, what leaves the shard. The plain words for what the engine does.

import { COHORT_BITS, CREDIT_INDEX, EXIT_INDEX } from '../params.ts'
import { REGISTERED } from './account-table.ts'
import { afterOfLocks, isAboutLocks, keepsLockRules, takesFromLock } from './lock-rules.ts'
import { isOutgoing, type ShardPlace, slotIn } from './shard-place.ts'
import { type AccountBefore, KIND, NO_RECORD, type TraceLeaf } from './trace.ts'

const U64 = 2n ** 64n
const NONCE_LAST = 0xffff_ffff

/** Destination of exits among the shards' numbers. */
export const TO_BASE_CHAIN = -1

export interface AccountThen extends AccountBefore {
  readonly index: number
}

export interface Sent {
  /** A shard, or TO_BASE_CHAIN. */
  readonly destination: number
  readonly from: number
  readonly to: number
  readonly amount: bigint
}

export function isSame(a: AccountBefore, b: AccountBefore): boolean {
  const isMoney = a.balance === b.balance && a.nonce === b.nonce && a.touch === b.touch
  return isMoney && a.flags === b.flags && a.deadline === b.deadline && a.owner === b.owner
}

function isPayment(leaf: TraceLeaf): boolean {
  return leaf.kind === KIND.transfer || leaf.kind === KIND.force
}

/** Whether the leaf tells what its sender was. */
function hasPayer(leaf: TraceLeaf): boolean {
  const isLock = leaf.kind === KIND.lock || takesFromLock(leaf)
  return isLock || isPayment(leaf) || leaf.kind === KIND.forceVoid
}

/** Records of this shard that the leaf tells, as they were before. */
export function readsOf(leaf: TraceLeaf, place: ShardPlace): AccountThen[] {
  const reads: AccountThen[] = []
  if (hasPayer(leaf) && slotIn(place, leaf.from) >= 0) {
    reads.push({ index: leaf.from, ...leaf.fromBefore })
  }
  if (slotIn(place, leaf.to) >= 0) reads.push({ index: leaf.to, ...leaf.toBefore })
  return reads
}

/** What the entry leaves of an account; undefined if it does not touch it. */
export function afterOf(
  leaf: TraceLeaf,
  entry: number,
  index: number,
  place: ShardPlace,
): AccountBefore | undefined {
  const { kind, from, to, amount, fromBefore, toBefore } = leaf
  if (kind === KIND.forceVoid || kind === KIND.parcelReturned) return undefined
  if (slotIn(place, index) < 0) return undefined
  if (isAboutLocks(leaf)) return afterOfLocks(leaf, entry, index)
  if (isPayment(leaf) && index === from) {
    const kept = fromBefore.balance - amount - BigInt(leaf.fee) + (from === to ? amount : 0n)
    const nonce = fromBefore.nonce + (kind === KIND.transfer ? 1 : 0)
    return { ...fromBefore, balance: kept, nonce, touch: entry }
  }
  if (index !== to) return undefined
  const { nonce } = toBefore
  return {
    ...NO_RECORD,
    balance: toBefore.balance + amount,
    nonce,
    touch: entry,
    flags: REGISTERED,
  }
}

/** What leaves the shard with the entry. */
export function sentBy(leaf: TraceLeaf, place: ShardPlace): Sent | undefined {
  const shardOf = (index: number) => (index >>> COHORT_BITS) % place.shards
  const { from, to, amount } = leaf
  if (leaf.kind === KIND.parcelReturned || leaf.kind === KIND.parcelToLock) {
    return { destination: shardOf(from), from: to, to: from, amount }
  }
  const isPaid = isPayment(leaf) || leaf.kind === KIND.pay
  if (!isPaid || !isOutgoing(place, to)) return undefined
  return { destination: to === EXIT_INDEX ? TO_BASE_CHAIN : shardOf(to), from, to, amount }
}

function isPossible(before: AccountBefore, index: number, entry: number, place: ShardPlace) {
  if (slotIn(place, index) < 0) return isSame(before, NO_RECORD)
  return before.touch < entry && (before.touch > 0 || isSame(before, NO_RECORD))
}

/** Whether the receiver can be credited. */
function isReceivable(leaf: TraceLeaf, place: ShardPlace): boolean {
  const { from, to, amount, toBefore } = leaf
  if (slotIn(place, to) < 0) return isOutgoing(place, to)
  return toBefore.touch > 0 && (from === to || toBefore.balance + amount < U64)
}

function isPayable(leaf: TraceLeaf, place: ShardPlace): boolean {
  const { from, fee, amount, fromBefore } = leaf
  if (slotIn(place, from) < 0 || fromBefore.touch === 0) return false
  return fromBefore.balance >= amount + BigInt(fee) && isReceivable(leaf, place)
}

/** Whether the leaf keeps the rules of its own kind: what needs no other evidence. */
export function keepsRules(leaf: TraceLeaf, entry: number, place: ShardPlace): boolean {
  const { kind, party, fee, from, to, amount, fromBefore, toBefore } = leaf
  const isPaying = hasPayer(leaf)
  if (!isPossible(toBefore, to, entry, place)) return false
  if (isPaying ? !isPossible(fromBefore, from, entry, place) : !isSame(fromBefore, NO_RECORD)) {
    return false
  }
  if (isAboutLocks(leaf)) return keepsLockRules(leaf, entry, place)
  if (party !== 0) return false
  if (isPaying && from === to && !isSame(fromBefore, toBefore)) return false
  if (kind === KIND.transfer) return fromBefore.nonce < NONCE_LAST && isPayable(leaf, place)
  if (fee !== 0) return false
  if (isPaying) return isPayable(leaf, place) === (kind === KIND.force)
  if (slotIn(place, to) < 0) return false
  const isHere = toBefore.touch > 0
  switch (kind) {
    case KIND.register:
      return from === CREDIT_INDEX && !isHere
    case KIND.deposit:
    case KIND.fee:
      return from === CREDIT_INDEX && isHere && toBefore.balance + amount < U64
    case KIND.parcel:
      return slotIn(place, from) < 0 && isHere && toBefore.balance + amount < U64
    case KIND.parcelReturned:
      return slotIn(place, from) < 0 && !isHere
    default:
      return false
  }
}
