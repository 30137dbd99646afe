// A lock: a record of the account table that holds money for one job at a time. Its eight words are
// balance (two), use (how often it was given back), flags, touch (two), deadline, owner; while it
// is free, balance and deadline are zero. docs/spec/rollup-market.md.

import { type AccountTable, RECORD_WORDS } from './account-table.ts'

/** Flags of a free lock. */
export const LOCK = 2
const HELD = 4
const PAYEE_BITS = 8
const KIND_MASK = 0xff

/** Flags of a lock that holds money for a payee (below 2^24). */
export function heldFor(payee: number): number {
  return ((payee << PAYEE_BITS) | LOCK | HELD) >>> 0
}

export function isHeld(flags: number): boolean {
  return (flags & KIND_MASK) === (LOCK | HELD)
}

/** Of a held one. */
export function payeeOf(flags: number): number {
  return flags >>> PAYEE_BITS
}

/** What the table has at a slot below its `slots`. */
export function lockAt({ words }: Pick<AccountTable, 'words'>, slot: number) {
  const at = slot * RECORD_WORDS
  return {
    use: words[at + 2] as number,
    flags: words[at + 3] as number,
    deadline: words[at + 6] as number,
    owner: words[at + 7] as number,
  }
}
