// When a batch is closed, so that it is ready shortly before a block is built, and none has two.
// A second one costs every validator what a batch costs whatever its size, and its transfers are
// final no sooner than in the next block's.

import type { EpochRules } from '../../protocol/consensus/epoch-rules.ts'
import { BLOCK_TIMES_MS } from '../../protocol/params.ts'

/** For the way of a batch to the validators, their check and disks, and ours of their block to us. */
const MARGIN_MS = 40
const SMOOTHING = 8

export class BlockPace {
  private blockMs: number = BLOCK_TIMES_MS[0]
  /** What a batch takes from its closing until it is told, smoothed. */
  private takesMs = 0
  private sealedTo = 0
  private proposedTo = 0
  private proposedMs = 0

  turn({ mode }: Pick<EpochRules, 'mode'>): void {
    this.blockMs = BLOCK_TIMES_MS[mode]
  }

  sealed(number: number, tookMs: number): void {
    this.takesMs += (tookMs - this.takesMs) / (this.takesMs === 0 ? 1 : SMOOTHING)
    this.sealedTo = number
  }

  /** A block is being built that orders our claims up to this one, or one that does so has come. */
  proposed(number: number, now: number): void {
    if (number <= this.proposedTo) return
    this.proposedTo = number
    this.proposedMs = now
  }

  /** Claims from here on are void. */
  undone(number: number): void {
    this.sealedTo = Math.min(this.sealedTo, number - 1)
    this.proposedTo = Math.min(this.proposedTo, number - 1)
  }

  /** Milliseconds until the next batch is closed whose first transfer came at `oldestMs`. */
  wait(now: number, oldestMs: number): number {
    const spare = this.blockMs - this.takesMs - MARGIN_MS
    // Where a round takes as long as a block there are not more batches than blocks anyway.
    if (spare < 0) return 0
    // A block that does not come keeps nobody waiting for long.
    const latest = oldestMs + 2 * this.blockMs
    const at = this.proposedTo < this.sealedTo ? latest : this.proposedMs + spare
    return Math.max(0, Math.min(at, latest) - now)
  }
}
