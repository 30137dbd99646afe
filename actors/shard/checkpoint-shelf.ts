// The checkpoints that can be read: the last one, and the one before it until its pages are written
// over. One that a peer reads is kept for a while, but not for ever: the next has to wait for that.

import { ROLLUP_SYNC_HELD_MS, ROLLUP_SYNC_IDLE_MS } from '../../config/shard-limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Checkpoint } from './checkpoint-rows.ts'

interface Reads {
  readonly firstMs: number
  lastMs: number
}

export class CheckpointShelf {
  saved: Checkpoint | undefined
  former: Checkpoint | undefined
  private readonly now: () => number
  /** By number of the checkpoint. */
  private readonly reads = new Map<number, Reads>()

  constructor(saved: Checkpoint | undefined, now: () => number) {
    this.saved = saved
    this.now = now
  }

  get all(): Checkpoint[] {
    return [this.saved, this.former].filter((one) => one !== undefined)
  }

  find(number: number, hash: Hex): Checkpoint | undefined {
    return this.all.find((one) => one.number === number && one.hash === hash)
  }

  /** A peer reads it. */
  read({ number }: Checkpoint): void {
    const now = this.now()
    const reads = this.reads.get(number)
    if (reads) reads.lastMs = now
    else this.reads.set(number, { firstMs: now, lastMs: now })
  }

  /** Whether the former one must stay where it is. */
  get isHeld(): boolean {
    const reads = this.reads.get(this.former?.number ?? -1)
    if (!reads) return false
    const now = this.now()
    const isIdle = now - reads.lastMs >= ROLLUP_SYNC_IDLE_MS
    return !isIdle && now - reads.firstMs < ROLLUP_SYNC_HELD_MS
  }

  /** The pages of the former one are written over from now on. */
  dropFormer(): void {
    if (this.former) this.reads.delete(this.former.number)
    this.former = undefined
  }

  add(saved: Checkpoint): void {
    this.former = this.saved
    this.saved = saved
  }
}
