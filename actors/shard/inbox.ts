// Messages of the base chain to this shard that are final, by their places in the inbox.

import type { InboxEntry } from '../../protocol/rollup/inbox-entry.ts'
import { AccountBook } from './account-keys.ts'

export class Inbox {
  readonly book = new AccountBook()
  private readonly entries = new Map<number, InboxEntry>()
  /** One above the last that is known. */
  end = 0

  add(index: number, entry: InboxEntry): void {
    if (this.entries.has(index)) return
    this.entries.set(index, entry)
    this.end = Math.max(this.end, index + 1)
    this.book.read(entry)
  }

  /** Messages `from` … `to` − 1; undefined when one of them is not known yet. */
  slice(from: number, to: number): InboxEntry[] | undefined {
    const found: InboxEntry[] = []
    for (let at = from; at < to; at++) {
      const entry = this.entries.get(at)
      if (!entry) return undefined
      found.push(entry)
    }
    return found
  }

  /** Those before are consumed for good. */
  forget(before: number): void {
    for (const index of this.entries.keys()) if (index < before) this.entries.delete(index)
  }
}
