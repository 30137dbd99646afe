// Stored pages as they were before batches that are executed already: copied from the table at one
// moment, and taken back there with those batches' traces, in slices. The table itself runs on.

import { type AccountTable, RECORD_WORDS, REGISTERED } from './account-table.ts'
import type { ShardPlace } from './shard-place.ts'
import { markSaved, markUnsaved, STORED_PAGE_BYTES, STORED_RECORDS } from './state-checkpoint.ts'
import { type PutRecord, type Undo, walkBack } from './undo-log.ts'

const PAGE_WORDS = STORED_PAGE_BYTES / 4
/** Entries that are walked at a time: about a tenth of a millisecond. */
const ENTRIES = 4096

export class PageImage {
  /** In rising order. */
  readonly pages: readonly number[]
  private readonly table: AccountTable
  private readonly place: ShardPlace
  private readonly words: Uint32Array
  /** Where a page of the table is in the image; -1 when it is not. */
  private readonly at: Int32Array
  private readonly ahead: { readonly undo: Undo; left: number }[]
  private readonly put: PutRecord

  /**
   * `ahead` are the batches to be taken back, the last one first. The pages are taken as saved; one
   * that is ahead of its image is not, since the next checkpoint has to write it again.
   */
  constructor(
    table: AccountTable,
    place: ShardPlace,
    pages: readonly number[],
    ahead: readonly Undo[],
  ) {
    this.table = table
    this.place = place
    this.pages = pages
    this.ahead = ahead.map((undo) => ({ undo, left: undo.count }))
    this.words = new Uint32Array(pages.length * PAGE_WORDS)
    this.at = new Int32Array(table.slots / STORED_RECORDS).fill(-1)
    for (const [i, page] of pages.entries()) {
      const from = page * PAGE_WORDS
      this.words.set(table.words.subarray(from, from + PAGE_WORDS), i * PAGE_WORDS)
      this.at[page] = i
      markSaved(table, page)
    }
    const put: PutRecord = (slot, lo, hi, nonce, touchLo, touchHi, flags, deadline, owner) => {
      const page = Math.floor(slot / STORED_RECORDS)
      const i = this.at[page] ?? -1
      if (i < 0) return
      markUnsaved(this.table, [{ page }])
      const to = i * PAGE_WORDS + (slot % STORED_RECORDS) * RECORD_WORDS
      const { words } = this
      words[to] = lo
      words[to + 1] = hi
      words[to + 2] = nonce
      words[to + 3] = flags ?? ((touchLo | touchHi) === 0 ? 0 : REGISTERED)
      words[to + 4] = touchLo
      words[to + 5] = touchHi
      words[to + 6] = deadline ?? 0
      words[to + 7] = owner ?? 0
    }
    this.put = put
  }

  /** Takes back some more. True when all is. */
  step(): boolean {
    const [next] = this.ahead
    if (!next) return true
    const from = Math.max(0, next.left - ENTRIES)
    walkBack(this.place, next.undo.trace, from, next.left, this.put)
    next.left = from
    if (from === 0) this.ahead.shift()
    return this.ahead.length === 0
  }

  bytesOf(i: number): Uint8Array {
    return new Uint8Array(this.words.buffer, i * STORED_PAGE_BYTES, STORED_PAGE_BYTES)
  }
}
