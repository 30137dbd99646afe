// When each step of a batch was done here, on the wall clock, so that the clocks of other nodes of
// the same machine can be set beside it. Once it is final the log has one line of it, and the
// figures what each step took.

import { Log2Histogram } from '../../lib/log2-histogram.ts'
import type { Context } from '../../runtime/context.ts'
import type { SealedBatch } from './sealed-batches.ts'

/** Milliseconds. What was made again has the times of its last making. */
export interface BatchTimes {
  /** The first of its transfers came. */
  first: number
  /** It was closed. */
  taken: number
  assembled: number
  /** Its senders were asked. */
  asked: number
  cosigned: number
  /** Durable here, and told to the others. */
  sealed: number
}

export function noTimes(): BatchTimes {
  return { first: 0, taken: 0, assembled: 0, asked: 0, cosigned: 0, sealed: 0 }
}

const STEPS = [
  ['queue', 'first', 'taken'],
  ['assemble', 'taken', 'assembled'],
  ['proofs', 'assembled', 'asked'],
  ['cosign', 'asked', 'cosigned'],
  ['seal', 'cosigned', 'sealed'],
] as const

export class BatchFigures {
  private readonly ctx: Context
  private readonly shard: number
  private readonly steps = new Map<string, Log2Histogram>(
    [...STEPS.map(([name]) => name), 'order'].map((name) => [name, new Log2Histogram()]),
  )

  constructor(ctx: Context, shard: number) {
    this.ctx = ctx
    this.shard = shard
  }

  final({ number, hash, batch }: SealedBatch): void {
    const { times, size: transfers } = batch
    const final = this.ctx.wallTime()
    const add = (name: string, ms: number) => this.steps.get(name)?.add(ms * 1000)
    for (const [name, from, to] of STEPS) add(name, times[to] - times[from])
    add('order', final - times.sealed)
    const { shard } = this
    this.ctx.log('info', 'batch-made', { shard, number, hash, transfers, ...times, final })
  }

  view() {
    return { steps: [...this.steps].map(([name, histogram]) => ({ name, us: histogram.view() })) }
  }
}
