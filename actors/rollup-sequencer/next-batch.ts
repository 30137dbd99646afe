// What the next batch is made of, and when: transfers that wait, or messages of the base chain.

import { BATCH_TRANSFERS_MAX } from '../../protocol/params.ts'
import type { Context } from '../../runtime/context.ts'
import { BlockPace } from './block-pace.ts'
import { OpenBatch } from './open-batch.ts'
import type { Pending, Taken } from './pending.ts'
import type { Turn } from './turn.ts'
import { UNDER_WAY_MAX, Window, type WindowFacts } from './window.ts'

export class NextBatch {
  readonly pace = new BlockPace()
  private readonly window: Window
  private readonly ctx: Context
  private readonly pending: Pending
  private readonly turn: Turn
  private inboxSinceMs: number | undefined

  constructor(ctx: Context, pending: Pending, turn: Turn, windowMs: number | undefined) {
    this.ctx = ctx
    this.pending = pending
    this.turn = turn
    this.window = new Window(windowMs)
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
    const wait = this.wait({ now, waiting, oldestMs, underWay })
    if (wait === 0) return this.transfers(now, oldestMs ?? now)
    return this.isInboxDue(now, underWay) ? this.opened(undefined, now) : wait
  }

  private wait(facts: WindowFacts): number | undefined {
    const { now, waiting, oldestMs, underWay } = facts
    const wait = this.window.wait(facts)
    const isPaced = underWay > 0 && waiting < BATCH_TRANSFERS_MAX && !this.window.isFixed
    if (wait === undefined || oldestMs === undefined || !isPaced) return wait
    return Math.max(wait, this.pace.wait(now, oldestMs))
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
