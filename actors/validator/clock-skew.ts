// Whether our clock agrees with the others': how far the time of each leader's block is from ours
// when it comes. One leader may lie or be slow; the median of several does not.

import {
  CLOCK_SKEW_AGAIN_MS,
  CLOCK_SKEW_BEHIND_MS,
  CLOCK_SKEW_LATE_MS,
} from '../../config/limits.ts'
import type { Context } from '../../runtime/context.ts'

const LEADERS_MIN = 2

export class ClockSkew {
  private readonly ctx: Context
  private readonly byLeader = new Map<string, number>()
  private saidAt = Number.NEGATIVE_INFINITY

  constructor(ctx: Context) {
    this.ctx = ctx
  }

  /** Milliseconds by which blocks are ahead of our clock when they come; undefined at first. */
  get median(): number | undefined {
    const sorted = [...this.byLeader.values()].sort((a, b) => a - b)
    return sorted.length < LEADERS_MIN ? undefined : sorted[Math.floor((sorted.length - 1) / 2)]
  }

  /** The first proposal of a view has come from its leader. */
  proposed(leader: string, blockMs: number): void {
    this.byLeader.set(leader, blockMs - this.ctx.wallTime())
    const aheadMs = this.median
    if (aheadMs === undefined) return
    if (aheadMs < CLOCK_SKEW_BEHIND_MS && aheadMs > -CLOCK_SKEW_LATE_MS) return
    const now = this.ctx.now()
    if (now - this.saidAt < CLOCK_SKEW_AGAIN_MS) return
    this.saidAt = now
    const why =
      aheadMs > 0
        ? 'our clock is behind those of the other validators'
        : 'our clock is ahead of those of the other validators, or their blocks come late'
    this.ctx.log('warn', 'clock skew', { why, blocksAheadMs: aheadMs, leaders: this.byLeader.size })
  }
}
