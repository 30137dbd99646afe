// Batches signature checks into tasks: at once while the pool is idle, in bigger batches when it is
// not, and never more than a few tasks at a time.

import {
  MEMPOOL_CHECK_BATCH,
  MEMPOOL_CHECK_MS,
  MEMPOOL_CHECK_QUEUE,
  MEMPOOL_CHECK_TASKS,
} from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Context } from '../../runtime/context.ts'
import { RecoverSenders } from '../messages/tasks.ts'

/** The sender; null if the signature fits no key; undefined if it could not be checked in time. */
type Found = (sender: Hex | null | undefined) => void

interface Check {
  readonly raw: Uint8Array
  readonly found: Found
}

export class SenderChecks {
  private readonly ctx: Context
  private readonly waiting: Check[] = []
  private running = 0

  constructor(ctx: Context) {
    this.ctx = ctx
  }

  /** False when too much waits already. */
  add(raw: Uint8Array, found: Found): boolean {
    if (this.waiting.length >= MEMPOOL_CHECK_QUEUE) return false
    this.waiting.push({ raw, found })
    return true
  }

  /** Call after the last `add` of a turn, so that one message's transactions share a task. */
  start(): void {
    while (this.waiting.length > 0 && this.running < MEMPOOL_CHECK_TASKS) {
      const batch = this.waiting.splice(0, MEMPOOL_CHECK_BATCH)
      this.running++
      this.ctx.run(
        RecoverSenders,
        { transactions: batch.map(({ raw }) => raw) },
        {
          within: MEMPOOL_CHECK_MS,
          ok: ({ senders }) => this.finish(batch, (i) => senders[i]),
          failed: (failure) => {
            this.ctx.log('warn', 'sender-check-failed', { reason: failure.reason })
            this.finish(batch, () => undefined)
          },
        },
      )
    }
  }

  private finish(batch: Check[], senderOf: (i: number) => Hex | null | undefined): void {
    this.running--
    for (const [i, { found }] of batch.entries()) found(senderOf(i))
    this.start()
  }
}
