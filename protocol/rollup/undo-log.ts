// Takes a batch back. The trace holds what every account was before each entry, so it is the undo
// log too: nothing else is written for it.

import { assert } from '../../lib/assert.ts'
import type { AccountTable } from './account-table.ts'
import { heldFor, LOCK } from './lock-record.ts'
import { type ShardPlace, slotIn } from './shard-place.ts'
import { AT, KIND, KIND_BITS, LEAF_WORDS } from './trace.ts'

/** What the state was before a batch, and the trace that leads back there. */
export interface Undo {
  readonly trace: Uint32Array
  readonly count: number
  /** Last entry before and after the batch. */
  readonly entriesBefore: number
  readonly entriesAfter: number
  readonly supplyBefore: bigint
  readonly inboxToBefore: number
  readonly usedBefore: number
}

/** What a record was, as `AccountTable.put` takes it. */
export type PutRecord = AccountTable['put']

/** Entries that have to do with locks: their words are used otherwise. */
function restoreLock(place: ShardPlace, trace: Uint32Array, at: number, put: PutRecord): void {
  const w = (offset: number) => trace[at + offset] as number
  const [kind, party] = [w(AT.kind) & (2 ** KIND_BITS - 1), w(AT.kind) >>> KIND_BITS]
  const [from, to] = [w(AT.from), w(AT.to)]
  const [fromSlot, toSlot] = [slotIn(place, from), slotIn(place, to)]
  const [nonce, touchLo, touchHi] = [w(AT.toNonce), w(AT.toTouch), w(AT.toTouch + 1)]
  const fromTouch = [w(AT.fromTouch), w(AT.fromTouch + 1)] as const
  const [lo, hi, fromNonce] = [w(AT.fromBalance), w(AT.fromBalance + 1), w(AT.fromNonce)]
  if (kind === KIND.parcelToLock) return
  if (kind === KIND.lockMade) put(toSlot, 0, 0, 0, 0, 0)
  else if (kind === KIND.lock) {
    put(toSlot, 0, 0, nonce, touchLo, touchHi, LOCK, 0, from)
    put(fromSlot, lo, hi, fromNonce, ...fromTouch)
  } else {
    const [payee, owner] = kind === KIND.pay ? [to, party] : [party, to]
    if (toSlot >= 0) put(toSlot, w(AT.toBalance), w(AT.toBalance + 1), nonce, touchLo, touchHi)
    put(fromSlot, lo, hi, fromNonce, ...fromTouch, heldFor(payee), w(AT.fee), owner)
  }
}

/** Tells what accounts were before entries `from` … `to` − 1 of a trace (from 0), the last first. */
export function walkBack(
  place: ShardPlace,
  trace: Uint32Array,
  from: number,
  to: number,
  put: PutRecord,
): void {
  const restore = (slot: number, at: number, nonce: number, touch: number, balance: number) => {
    const w = (offset: number) => trace[at + offset] as number
    put(slot, w(balance), w(balance + 1), w(nonce), w(touch), w(touch + 1))
  }
  for (let at = (to - 1) * LEAF_WORDS; at >= from * LEAF_WORDS; at -= LEAF_WORDS) {
    const kind = trace[at + AT.kind] as number
    if (kind > KIND.fee) {
      restoreLock(place, trace, at, put)
      continue
    }
    if (kind === KIND.forceVoid || kind === KIND.parcelReturned) continue
    const payee = slotIn(place, trace[at + AT.to] as number)
    if (payee >= 0) restore(payee, at, AT.toNonce, AT.toTouch, AT.toBalance)
    if (kind !== KIND.transfer && kind !== KIND.force) continue
    const payer = slotIn(place, trace[at + AT.from] as number)
    if (payer !== payee) restore(payer, at, AT.fromNonce, AT.fromTouch, AT.fromBalance)
  }
}

/** Puts back what the first `count` entries of the trace changed, the last one first. */
export function undoTrace(
  table: AccountTable,
  place: ShardPlace,
  trace: Uint32Array,
  count: number,
): void {
  walkBack(place, trace, 0, count, (slot, ...record) => {
    assert(table.isUsed(slot), 'a record that was touched')
    table.put(slot, ...record)
  })
}
