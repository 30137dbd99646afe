// Fetches the state of senders that the pool does not know. What a final block says meanwhile wins
// over an answer that may be older.

import { MEMPOOL_ACCOUNT_MS, MEMPOOL_ACCOUNTS_ASKED_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Context } from '../../runtime/context.ts'
import { ArchiveMessages } from '../messages/archive.ts'
import type { AccountView } from './sender-queue.ts'

/** Undefined when the archive could not say in time. */
type Found = (account: AccountView | undefined) => void

interface Question {
  readonly waiting: Found[]
  newer: AccountView | undefined
}

export class AccountDesk {
  private readonly ctx: Context
  private readonly archive: string
  private readonly asked = new Map<Hex, Question>()

  constructor(ctx: Context, archive: string) {
    this.ctx = ctx
    this.archive = archive
  }

  ask(address: Hex, found: Found): void {
    const open = this.asked.get(address)
    if (open) {
      open.waiting.push(found)
      return
    }
    if (this.asked.size >= MEMPOOL_ACCOUNTS_ASKED_MAX) {
      found(undefined)
      return
    }
    const question: Question = { waiting: [found], newer: undefined }
    this.asked.set(address, question)
    const answer = (account: AccountView | undefined) => {
      this.asked.delete(address)
      for (const waiter of question.waiting) waiter(question.newer ?? account)
    }
    this.ctx.ask(
      ArchiveMessages,
      this.archive,
      'Account',
      { address },
      { within: MEMPOOL_ACCOUNT_MS, ok: answer, failed: () => answer(undefined) },
    )
  }

  finalised(address: Hex, account: AccountView): void {
    const question = this.asked.get(address)
    if (question) question.newer = account
  }
}
