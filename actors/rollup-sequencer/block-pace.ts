// When a batch is closed, so that it is ready shortly before a block is built, and none has two.
// A second one costs every validator what a batch costs whatever its size, and its transfers are
// final no sooner than in the next block's. Where validators do not keep up, that makes batches
// fewer and larger until they do.

import { ROLLUP_PATIENCE_MAX_MS } from '../../config/limits.ts'
import type { EpochRules } from '../../protocol/consensus/epoch-rules.ts'
import { BLOCK_TIMES_MS } from '../../protocol/params.ts'

/** For the way of a batch to the validators, their check and disks, and ours of their block to us. */
const MARGIN_MS = 40
const SMOOTHING = 8

function smoothed(before: number, value: number): number {
  return before + (value - before) / (before === 0 ? 1 : SMOOTHING)
}

export class BlockPace {
  private blockMs: number = BLOCK_TIMES_MS[0]
  /** What a batch takes from its closing until it is told, smoothed. */
  private takesMs = 0
  /** From its closing until a block is proposed that orders it, smoothed. */
  private roundMs = 0
  private sealedTo = 0
  /** When the last sealed one was closed. */
  private closedMs = 0
  private proposedTo = 0
  private proposedMs = 0

  turn({ mode }: Pick<EpochRules, 'mode'>): void {
    this.blockMs = BLOCK_TIMES_MS[mode]
  }

  sealed(number: number, tookMs: number, now: number): void {
    this.takesMs = smoothed(this.takesMs, tookMs)
    this.sealedTo = number
    this.closedMs = now - tookMs
  }

  /** A block is being built that orders our claims up to this one, or one that does so has come. */
  proposed(number: number, now: number): void {
    if (number <= this.proposedTo) return
    this.proposedTo = number
    this.proposedMs = now
    if (number === this.sealedTo) this.roundMs = smoothed(this.roundMs, now - this.closedMs)
  }

  /** Claims from here on are void. */
  undone(number: number): void {
    this.sealedTo = Math.min(this.sealedTo, number - 1)
    this.proposedTo = Math.min(this.proposedTo, number - 1)
  }

  /** Milliseconds until the next batch is closed whose first transfer came at `oldestMs`. */
  wait(now: number, oldestMs: number): number {
    // A block that does not come keeps nobody waiting for long.
    const patience = Math.min(ROLLUP_PATIENCE_MAX_MS, 2 * this.roundMs)
    const latest = oldestMs + Math.max(2 * this.blockMs, patience)
    // Where a round takes as long as a block the next one begins as soon as this one is ordered.
    const spare = Math.max(0, this.blockMs - this.takesMs - MARGIN_MS)
    const at = this.proposedTo < this.sealedTo ? latest : this.proposedMs + spare
    return Math.max(0, Math.min(at, latest) - now)
  }
}
