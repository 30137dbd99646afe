// When the next batch begins. A lone transfer is not kept waiting for company: with nothing under
// way it goes at once. Under load the window grows with the rate, so that fewer and larger batches
// share what batch and block cost whatever their size, and what a stated root does.

import { ROLLUP_WINDOW_MAX_MS } from '../../config/limits.ts'
import { BATCH_TRANSFERS_MAX } from '../../protocol/params.ts'

export interface WindowFacts {
  readonly now: number
  /** Transfers that wait, and when the first of them came. */
  readonly waiting: number
  readonly oldestMs: number | undefined
  /** Batches that are sealed and not final. */
  readonly underWay: number
}

/** At this rate the window is as long as it gets. */
const FULL_PER_MS = 300
/** Longer than in proportion at a high rate: a third of it needs a fifth of the window. */
const STEEPNESS = 1.5
/** The rate is that of about the last so many milliseconds. */
const RATE_MS = 250
/** More wait for the chain: it does not follow. */
export const UNDER_WAY_MAX = 16

export class Window {
  private perMs = 0
  private tookMs: number | undefined
  private readonly fixedMs: number | undefined

  /** `fixedMs`: that long at any rate, blocks or not; to measure what that does. */
  constructor(fixedMs?: number) {
    this.fixedMs = fixedMs
  }

  get isFixed(): boolean {
    return this.fixedMs !== undefined
  }

  /** A batch of so many transfers was taken at this time. */
  took(transfers: number, now: number): void {
    const sinceMs = Math.max(1, now - (this.tookMs ?? now))
    this.tookMs = now
    // After a pause the rate is a new one; a batch soon after another says less.
    const weight = Math.min(1, sinceMs / RATE_MS)
    this.perMs += (transfers / sinceMs - this.perMs) * weight
  }

  get ms(): number {
    return this.fixedMs ?? ROLLUP_WINDOW_MAX_MS * Math.min(1, this.perMs / FULL_PER_MS) ** STEEPNESS
  }

  /** Milliseconds until a batch should begin; 0 now, undefined when nothing waits or nothing may. */
  wait({ now, waiting, oldestMs, underWay }: WindowFacts): number | undefined {
    if (waiting === 0 || oldestMs === undefined || underWay >= UNDER_WAY_MAX) return undefined
    if (underWay === 0 || waiting >= BATCH_TRANSFERS_MAX) return 0
    return Math.max(0, oldestMs + this.ms - now)
  }
}
