// How long batches waited here: until they were checked and durable, and until they were final. One
// line of the log for every final batch, on the wall clock.

import { Log2Histogram } from '../../lib/log2-histogram.ts'
import type { Context } from '../../runtime/context.ts'
import type { HeldBatch } from './held-batch.ts'
import type { OrderedClaim } from './line-keeper.ts'

export class BatchFigures {
  private readonly ctx: Context
  private readonly shard: number
  private readonly hold = new Log2Histogram()
  private readonly order = new Log2Histogram()

  constructor(ctx: Context, shard: number) {
    this.ctx = ctx
    this.shard = shard
  }

  final({ hash, claim, sinceMs, readyMs }: HeldBatch, ordered: OrderedClaim): void {
    const { ctx, shard } = this
    const now = ctx.now()
    // One that was final before it was here says nothing of how long a batch takes.
    if (readyMs === undefined) return
    this.hold.add((readyMs - sinceMs) * 1000)
    this.order.add((now - readyMs) * 1000)
    const wall = ctx.wallTime() - now
    const { number, bodyBytes: bytes } = claim
    const { height, timestampMs: block } = ordered
    const times = { came: wall + sinceMs, ready: wall + readyMs, block, final: wall + now }
    ctx.log('info', 'batch', { shard, number, hash, bytes, height, ...times })
  }

  view() {
    return {
      steps: [
        { name: 'hold', us: this.hold.view() },
        { name: 'order', us: this.order.view() },
      ],
    }
  }
}
