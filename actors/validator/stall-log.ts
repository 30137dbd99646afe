// Why no block is made: one line when the chain stands still, again when the reason changes and
// every ten seconds, and one when it goes on. Halts that nobody can explain cost operators most.

import { STALL_AFTER_MS, STALL_AGAIN_MS } from '../../config/limits.ts'
import type { Context } from '../../runtime/context.ts'

export interface Standing {
  readonly finalHeight: number
  readonly epoch: number
  readonly view: number
  /** Why no block is made. */
  readonly waiting: string
}

export class StallLog {
  private readonly ctx: Context
  private height = -1
  private since = 0
  private saidAt = 0
  private said = ''

  constructor(ctx: Context) {
    this.ctx = ctx
  }

  /** Called once a second or so. `leader` and `missing` are named in the line. */
  look(standing: Standing, more: () => Readonly<Record<string, unknown>>): void {
    const { finalHeight: height, waiting: why, epoch, view } = standing
    const now = this.ctx.now()
    if (height !== this.height) {
      if (this.said !== '') {
        this.ctx.log('info', 'blocks are made again', {
          height,
          afterMs: Math.round(now - this.since),
        })
      }
      this.height = height
      this.since = now
      this.said = ''
      return
    }
    if (now - this.since < STALL_AFTER_MS) return
    if (why === this.said && now - this.saidAt < STALL_AGAIN_MS) return
    this.said = why
    this.saidAt = now
    const forMs = Math.round(now - this.since)
    this.ctx.log('warn', 'no block is made', { why, height, epoch, view, forMs, ...more() })
  }
}
