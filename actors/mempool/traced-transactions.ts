// The traces of transactions that wait here: from the moment the mempool has accepted one until it
// is in a final block is a span of its trace, and the builder of its block hears of the trace.

import { MEMPOOL_TRACED_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Context } from '../../runtime/context.ts'
import { traceparentText } from '../../runtime/trace/traceparent.ts'

interface Traced {
  readonly traceparent: string
  readonly done: () => void
}

/** Traces named to a block's builder; a block may hold transactions of many more. */
const TOLD_MAX = 64

export class TracedTransactions {
  private readonly ctx: Context
  private readonly waiting = new Map<Hex, Traced>()

  constructor(ctx: Context) {
    this.ctx = ctx
  }

  /** Accepted under the present cause. The oldest is forgotten when there are too many. */
  add(hash: Hex): void {
    const { cause } = this.ctx
    if (cause === undefined || this.waiting.has(hash)) return
    const [oldest] = this.waiting.keys()
    if (this.waiting.size >= MEMPOOL_TRACED_MAX && oldest) this.waiting.delete(oldest)
    const done = this.ctx.span('transaction final')
    this.waiting.set(hash, { traceparent: traceparentText(cause), done })
  }

  /** In a final block, or out of the pool: it waits no longer. */
  end(hashes: readonly Hex[]): void {
    if (this.waiting.size === 0) return
    for (const hash of hashes) {
      this.waiting.get(hash)?.done()
      this.waiting.delete(hash)
    }
  }

  /** The traces of these transactions, as traceparents. */
  of(hashes: Iterable<Hex>): string[] {
    if (this.waiting.size === 0) return []
    const found = new Set<string>()
    for (const hash of hashes) {
      const traced = this.waiting.get(hash)
      if (traced && found.size < TOLD_MAX) found.add(traced.traceparent)
    }
    return [...found]
  }
}
