// The part of entry-rules.ts that is about locks: what a leaf of an entry that makes, fills or
// empties one must be by itself, and what it leaves.

import { EXIT_INDEX, ROLLUP_ACCOUNTS_MAX } from '../params.ts'
import { REGISTERED } from './account-table.ts'
import { heldFor, isHeld, LOCK } from './lock-record.ts'
import { isOutgoing, type ShardPlace, slotIn } from './shard-place.ts'
import { type AccountBefore, KIND, NO_RECORD, type TraceLeaf } from './trace.ts'

const U64 = 2n ** 64n
const NONCE_LAST = 0xffff_ffff

/** Whether it could be the record of a lock. */
export function isLockRecord({ balance, flags, deadline, owner }: AccountBefore): boolean {
  if (owner >= ROLLUP_ACCOUNTS_MAX) return false
  return isHeld(flags) || (flags === LOCK && balance === 0n && deadline === 0)
}

export function isAboutLocks({ kind }: TraceLeaf): boolean {
  return kind >= KIND.lockMade && kind <= KIND.parcelToLock
}

/** Whether its sender is a lock. */
export function takesFromLock({ kind }: TraceLeaf): boolean {
  return kind >= KIND.pay && kind <= KIND.refund
}

/** What the entry leaves of a record of this shard; undefined if it does not touch it. */
export function afterOfLocks(
  leaf: TraceLeaf,
  entry: number,
  index: number,
): AccountBefore | undefined {
  const { kind, party, fee, from, to, amount, deadline, fromBefore, toBefore } = leaf
  const isSender = index === from && kind !== KIND.lockMade
  if (kind === KIND.parcelToLock || (!isSender && index !== to)) return undefined
  if (kind === KIND.lockMade) return { ...NO_RECORD, touch: entry, flags: LOCK, owner: from }
  if (kind === KIND.lock) {
    if (!isSender) {
      const terms = { flags: heldFor(party), deadline, owner: from }
      return { balance: amount, nonce: toBefore.nonce, touch: entry, ...terms }
    }
    const balance = fromBefore.balance - amount - BigInt(fee)
    return { ...fromBefore, balance, nonce: fromBefore.nonce + 1, touch: entry }
  }
  if (!isSender) {
    const balance = toBefore.balance + amount
    return { ...toBefore, balance, touch: entry, flags: REGISTERED }
  }
  const balance = fromBefore.balance - amount
  if (kind === KIND.pay) return { ...fromBefore, balance, touch: entry }
  const free = { flags: LOCK, deadline: 0 }
  return { ...fromBefore, ...free, balance, nonce: fromBefore.nonce + 1, touch: entry }
}

function keepsLock({ fee, from, to, amount, fromBefore, toBefore }: TraceLeaf, place: ShardPlace) {
  const areHere = slotIn(place, from) >= 0 && slotIn(place, to) >= 0
  const areThere = fromBefore.touch > 0 && toBefore.touch > 0 && toBefore.balance === 0n
  const areLeft = fromBefore.nonce < NONCE_LAST && toBefore.nonce < NONCE_LAST
  const isPayable = amount > 0n && fromBefore.balance >= amount + BigInt(fee)
  return areHere && areThere && areLeft && isPayable
}

/** Whether who gets money out of a lock can be credited; only a payee may be in another shard. */
function isReceivable(leaf: TraceLeaf, place: ShardPlace): boolean {
  const { kind, to, amount, toBefore } = leaf
  const isElsewhere = slotIn(place, to) < 0
  if (isElsewhere) return kind === KIND.pay && to !== EXIT_INDEX && isOutgoing(place, to)
  return toBefore.touch > 0 && toBefore.balance + amount < U64
}

/** Beyond what entry-rules.ts asks of every leaf. */
export function keepsLockRules(leaf: TraceLeaf, entry: number, place: ShardPlace): boolean {
  const { kind, party, fee, from, to, amount, fromBefore, toBefore } = leaf
  if (from === to) return false
  if (kind === KIND.parcelToLock) {
    return slotIn(place, from) < 0 && toBefore.touch > 0 && isLockRecord(toBefore)
  }
  if (kind === KIND.lockMade) {
    const isNew = toBefore.touch === 0 && amount === 0n && fee === 0 && party === 0
    return isNew && slotIn(place, to) >= 0 && slotIn(place, from) >= 0
  }
  if (kind === KIND.lock) return keepsLock(leaf, place)
  if (slotIn(place, from) < 0 || fromBefore.touch === 0) return false
  if (!isReceivable(leaf, place)) return false
  if (kind === KIND.pay) return fromBefore.balance >= amount && slotIn(place, party) >= 0
  // Nobody comes between what is paid and what is left.
  if (kind === KIND.rest && fromBefore.touch !== entry - 1) return false
  return fromBefore.balance === amount && fromBefore.nonce < NONCE_LAST
}
