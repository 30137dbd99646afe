// Messages of the base chain to this shard that are final, by their places in the inbox.

import type { InboxMessage } from '../../protocol/rollup/inbox-message.ts'
import { AccountBook } from './account-keys.ts'

export class Inbox {
  readonly book = new AccountBook()
  private readonly messages = new Map<number, InboxMessage>()
  /** One above the last that is known. */
  end = 0

  add(index: number, message: InboxMessage): void {
    if (this.messages.has(index)) return
    this.messages.set(index, message)
    this.end = Math.max(this.end, index + 1)
    this.book.read(message)
  }

  /** Messages `from` … `to` − 1; undefined when one of them is not known yet. */
  slice(from: number, to: number): InboxMessage[] | undefined {
    const found: InboxMessage[] = []
    for (let at = from; at < to; at++) {
      const message = this.messages.get(at)
      if (!message) return undefined
      found.push(message)
    }
    return found
  }

  /** Those before are consumed for good. */
  forget(before: number): void {
    for (const index of this.messages.keys()) if (index < before) this.messages.delete(index)
  }
}
