// The accounts of one shard as 32-byte records in one buffer, which several threads may share. The
// record is eight little-endian words: balance (low, high), nonce, flags, touch (low, high), 0, 0.
// `touch` is the number of the last entry that changed the account; an unused slot is all zero.
// The record of a lock has more in it: lock-record.ts.

import { assert } from '../../lib/assert.ts'
import { PAGE_RECORDS, RECORD_BYTES, ROLLUP_ACCOUNTS_MAX, TABLE_RECORDS_MIN } from '../params.ts'

export const RECORD_WORDS = RECORD_BYTES / 4
/** All that an account's word of flags holds. */
export const REGISTERED = 1
/** Bits of a page in `stale`: what changed since it was hashed, or since it was written down. */
export const UNHASHED = 1
export const UNSAVED = 2
export const STALE = UNHASHED | UNSAVED
/** A page is 2^6 records. */
export const PAGE_BITS = 6
const U32 = 2 ** 32

assert(PAGE_RECORDS === 1 << PAGE_BITS, 'a page is 64 records')

function bytesFor(slots: number): number {
  return slots * RECORD_BYTES + slots / PAGE_RECORDS
}

/** Depth of the tree over the first `used` slots: records are padded to a power of two. */
export function depthFor(used: number): number {
  return 32 - Math.clz32(Math.max(used, TABLE_RECORDS_MIN) - 1)
}

export class AccountTable {
  /** Records, then a byte of `stale` bits for each page. */
  buffer: ArrayBuffer | SharedArrayBuffer
  words: Uint32Array
  stale: Uint8Array
  /** A power of two. */
  slots: number
  /** One above the highest registered slot. */
  used: number

  /** Over a buffer that `bytesFor` sized, for instance one that another thread shares. */
  constructor(buffer: ArrayBuffer | SharedArrayBuffer, used: number) {
    const slots = Math.floor((buffer.byteLength * PAGE_RECORDS) / bytesFor(PAGE_RECORDS))
    assert(bytesFor(slots) === buffer.byteLength && used <= slots, 'not the buffer of a table')
    assert(slots >= TABLE_RECORDS_MIN && (slots & (slots - 1)) === 0, 'not a power of two')
    this.buffer = buffer
    this.slots = slots
    this.used = used
    this.words = new Uint32Array(buffer, 0, slots * RECORD_WORDS)
    this.stale = new Uint8Array(buffer, slots * RECORD_BYTES)
  }

  /** Room for `slots` accounts or more, empty. Memory is taken by the system as slots are used. */
  static create(slots = TABLE_RECORDS_MIN, shared = false): AccountTable {
    assert(slots <= ROLLUP_ACCOUNTS_MAX, 'too many accounts')
    const bytes = bytesFor(2 ** depthFor(slots))
    return new AccountTable(shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes), 0)
  }

  get isShared(): boolean {
    return this.buffer instanceof SharedArrayBuffer
  }

  /** Log2 of the size that the state root commits to. */
  get depth(): number {
    return depthFor(this.used)
  }

  isRegistered(slot: number): boolean {
    return slot < this.slots && ((this.words[slot * RECORD_WORDS + 3] as number) & REGISTERED) !== 0
  }

  /** Whether an account or a lock has it. */
  isUsed(slot: number): boolean {
    return slot < this.slots && this.words[slot * RECORD_WORDS + 3] !== 0
  }

  /** Units. */
  balanceOf(slot: number): bigint {
    const at = slot * RECORD_WORDS
    return (BigInt(this.words[at + 1] ?? 0) << 32n) | BigInt(this.words[at] ?? 0)
  }

  nonceOf(slot: number): number {
    return this.words[slot * RECORD_WORDS + 2] ?? 0
  }

  touchOf(slot: number): number {
    const at = slot * RECORD_WORDS
    return (this.words[at + 5] ?? 0) * U32 + (this.words[at + 4] ?? 0)
  }

  /** A copy of the record: zeros for a slot beyond the table. */
  recordOf(slot: number): Uint8Array {
    const record = new Uint8Array(RECORD_BYTES)
    if (slot < this.slots)
      record.set(new Uint8Array(this.buffer, slot * RECORD_BYTES, RECORD_BYTES))
    return record
  }

  /** Makes room for `slot`. Other threads must be given the new `buffer`. */
  growFor(slot: number): void {
    assert(slot < ROLLUP_ACCOUNTS_MAX, 'too many accounts')
    if (slot < this.slots) return
    const grown = AccountTable.create(slot + 1, this.isShared)
    grown.words.set(this.words)
    grown.stale.set(this.stale)
    this.buffer = grown.buffer
    this.words = grown.words
    this.stale = grown.stale
    this.slots = grown.slots
  }

  /** Writes a record whole: an account's, or where flags are given a lock's; zeros if `touch` is. */
  put(
    slot: number,
    lo: number,
    hi: number,
    nonce: number,
    touchLo: number,
    touchHi: number,
    flags = (touchLo | touchHi) === 0 ? 0 : REGISTERED,
    deadline = 0,
    owner = 0,
  ): void {
    const at = slot * RECORD_WORDS
    const { words } = this
    words[at] = lo
    words[at + 1] = hi
    words[at + 2] = nonce
    words[at + 3] = flags
    words[at + 4] = touchLo
    words[at + 5] = touchHi
    words[at + 6] = deadline
    words[at + 7] = owner
    this.stale[slot >>> PAGE_BITS] = STALE
  }
}
