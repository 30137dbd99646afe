// What the next batch is made of, and when: transfers that wait, or messages of the base chain.

import type { Context } from '../../runtime/context.ts'
import { OpenBatch } from './open-batch.ts'
import type { Pending, Taken } from './pending.ts'
import type { Turn } from './turn.ts'
import { UNDER_WAY_MAX, Window } from './window.ts'

export class NextBatch {
  private readonly window = new Window()
  private readonly ctx: Context
  private readonly pending: Pending
  private readonly turn: Turn
  private inboxSinceMs: number | undefined

  constructor(ctx: Context, pending: Pending, turn: Turn) {
    this.ctx = ctx
    this.pending = pending
    this.turn = turn
  }

  get windowMs(): number {
    return this.window.ms
  }

  /** Messages of the base chain wait to be consumed, or wait no more. */
  inboxWaits(waits: boolean): void {
    if (!waits) this.inboxSinceMs = undefined
    else this.inboxSinceMs ??= this.ctx.now()
  }

  /** The batch that is due, or in how many milliseconds one may be, or nothing waits. */
  take(underWay: number): OpenBatch | number | undefined {
    const now = this.ctx.now()
    const { size: waiting, oldestMs } = this.pending
    const wait = this.window.wait({ now, waiting, oldestMs, underWay })
    if (wait === 0) return this.transfers(now, oldestMs ?? now)
    return this.isInboxDue(now, underWay) ? this.opened(undefined, now) : wait
  }

  private transfers(now: number, firstMs: number): OpenBatch | undefined {
    const taken = this.pending.take(this.ctx.buggify('rollup-small-batch') ? 1 : undefined)
    if (!taken) return undefined
    this.window.took(taken.from.length, now)
    return this.opened(taken, firstMs)
  }

  private opened(taken: Taken | undefined, firstMs: number): OpenBatch {
    const batch = new OpenBatch(taken)
    batch.times.taken = this.ctx.wallTime()
    batch.times.first = batch.times.taken - (this.ctx.now() - firstMs)
    return batch
  }

  private isInboxDue(now: number, underWay: number): boolean {
    const since = this.inboxSinceMs
    if (since === undefined || underWay >= UNDER_WAY_MAX) return false
    return now - since >= this.turn.patienceMs()
  }
}
