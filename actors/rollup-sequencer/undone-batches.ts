// Batches that were sealed here and undone, as at a turn of the epoch: their transfers go into new
// batches before what waits. A co-signature is void with its root, so who co-signed is asked again.

import type { OpenBatch } from './open-batch.ts'
import type { Pending } from './pending.ts'

export class UndoneBatches {
  private readonly list: OpenBatch[] = []
  private readonly pending: Pending

  constructor(pending: Pending) {
    this.pending = pending
  }

  get size(): number {
    return this.list.length
  }

  /**
   * Takes in a batch, after those before it; returns the positions of senders that have submitted
   * again meanwhile. Each sender has one transfer under way.
   */
  add(batch: OpenBatch): number[] {
    const { from } = batch.taken
    const again: number[] = []
    for (let i = 0; i < from.length; i++) {
      const sender = from[i] as number
      if (this.pending.isBusy(sender)) again.push(i)
      else this.pending.mark(sender)
    }
    const left = again.length > 0 ? batch.without(again) : batch
    if (left.size > 0) this.list.push(left)
    return again
  }

  /** What was cut off a batch: it is next, and its senders have been waiting all the time. */
  putFirst(rest: OpenBatch): void {
    this.list.unshift(rest)
  }

  next(): OpenBatch | undefined {
    return this.list.shift()
  }
}
