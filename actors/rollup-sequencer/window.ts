// When the next batch begins. A lone transfer is not kept waiting for company: with nothing under
// way it goes at once. Under load the window grows, so that fewer and larger batches share what a
// batch costs whatever its size.

import { ROLLUP_WINDOW_MS } from '../../config/limits.ts'
import { BATCH_TRANSFERS_MAX } from '../../protocol/params.ts'

export interface WindowFacts {
  readonly now: number
  /** Transfers that wait, and when the first of them came. */
  readonly waiting: number
  readonly oldestMs: number | undefined
  /** Batches that are sealed and not final. */
  readonly underWay: number
}

/** A batch of so many makes the window as long as it gets. */
const FULL_LOAD = BATCH_TRANSFERS_MAX / 4
/** More wait for the chain: it does not follow. */
export const UNDER_WAY_MAX = 16

export class Window {
  private smoothed = 0

  /** A batch of so many transfers was taken. */
  took(transfers: number): void {
    this.smoothed += (transfers - this.smoothed) / 4
  }

  get ms(): number {
    return ROLLUP_WINDOW_MS * Math.min(1, this.smoothed / FULL_LOAD)
  }

  /** Milliseconds until a batch should begin; 0 now, undefined when nothing waits or nothing may. */
  wait({ now, waiting, oldestMs, underWay }: WindowFacts): number | undefined {
    if (waiting === 0 || oldestMs === undefined || underWay >= UNDER_WAY_MAX) return undefined
    if (underWay === 0 || waiting >= BATCH_TRANSFERS_MAX) return 0
    return Math.max(0, oldestMs + this.ms - now)
  }
}
