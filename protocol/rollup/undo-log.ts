// Takes a batch back. The trace holds what every account was before each entry, so it is the undo
// log too: nothing else is written for it.

import { assert } from '../../lib/assert.ts'
import { type AccountTable, REGISTERED } from './account-table.ts'
import { type ShardPlace, slotIn } from './shard-place.ts'
import { AT, KIND, LEAF_WORDS } from './trace.ts'

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

/** What a record was: slot, balance, nonce, touch, each word by itself. */
export type PutRecord = (
  slot: number,
  lo: number,
  hi: number,
  nonce: number,
  touchLo: number,
  touchHi: number,
) => void

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
  walkBack(place, trace, 0, count, (slot, lo, hi, nonce, touchLo, touchHi) => {
    assert(
      ((table.words[slot * 8 + 3] as number) & REGISTERED) !== 0,
      'an account that was touched',
    )
    table.put(slot, lo, hi, nonce, touchLo, touchHi)
  })
}
