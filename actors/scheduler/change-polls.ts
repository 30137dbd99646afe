// Long polls of the table of changes: answered at once if something is new, else when it is.

import { LONG_POLL_HOLD_MS } from '../../config/limits.ts'
import type { JobBook } from './job-book.ts'
import { type JobView, viewOf } from './job-record.ts'

/** Jobs can carry a megabyte of output each, and a reply is one message. */
const BYTES_PER_REPLY = 4 * 1024 * 1024

type Reply = (changes: { seq: number; job: JobView }[]) => void

interface Waiter {
  readonly seq: number
  readonly max: number
  readonly since: number
  readonly reply: Reply
}

export class ChangePolls {
  private readonly book: JobBook
  private readonly now: () => number
  private waiters: Waiter[] = []

  constructor(book: JobBook, now: () => number) {
    this.book = book
    this.now = now
  }

  after(seq: number, max: number, reply: Reply): void {
    const waiter = { seq, max: Math.min(Math.max(max, 1), 256), since: this.now(), reply }
    if (!this.answer(waiter)) this.waiters.push(waiter)
  }

  wake(): void {
    this.waiters = this.waiters.filter((waiter) => !this.answer(waiter))
  }

  tick(): void {
    const now = this.now()
    this.waiters = this.waiters.filter((waiter) => {
      if (now - waiter.since <= LONG_POLL_HOLD_MS) return true
      waiter.reply([])
      return false
    })
  }

  private answer(waiter: Waiter): boolean {
    const changes = this.book.changesAfter(waiter.seq, waiter.max)
    if (changes.length === 0) return false
    const sent: { seq: number; job: JobView }[] = []
    let bytes = 0
    for (const { seq, job } of changes) {
      bytes += (job.output?.length ?? 0) + (job.receipt?.length ?? 0) + 2048
      if (sent.length > 0 && bytes > BYTES_PER_REPLY) break
      sent.push({ seq, job: viewOf(job) })
    }
    waiter.reply(sent)
    return true
  }
}
