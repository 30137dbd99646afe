// What executing blocks took: their number, gas and time, built and checked ones alike.

import { Log2Histogram } from '../../lib/log2-histogram.ts'
import type { Context } from '../../runtime/context.ts'

export class ExecutionFigures {
  private readonly ctx: Context
  private readonly took = new Log2Histogram()
  private gas = 0
  private seconds = 0

  constructor(ctx: Context) {
    this.ctx = ctx
  }

  /** Runs one block's execution; `gasOf` says how much gas it used. */
  time<T>(execute: () => T, gasOf: (result: T) => number): T {
    const started = this.ctx.now()
    const result = execute()
    const ms = this.ctx.now() - started
    this.took.add(ms * 1000)
    this.gas += gasOf(result)
    this.seconds += ms / 1000
    return result
  }

  view() {
    return { gas: this.gas, seconds: this.seconds, took: this.took.view() }
  }
}
