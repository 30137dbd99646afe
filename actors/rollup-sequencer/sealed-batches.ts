// Batches that are sealed here and not final: whose transfers they hold.

import type { Hex } from '../../lib/hex.ts'
import type { OpenBatch } from './open-batch.ts'

export interface SealedBatch {
  readonly number: number
  readonly hash: Hex
  readonly txRoot: Hex
  readonly batch: OpenBatch
}

export class SealedBatches {
  private list: SealedBatch[] = []

  get size(): number {
    return this.list.length
  }

  add(sealed: SealedBatch): void {
    this.list.push(sealed)
  }

  /**
   * Takes those up to the final claim, and says what became of them. Those below one of ours are
   * its ancestors, so they are final with it. Of those below another's nothing is known: submitted
   * again, what was final is refused by its nonce.
   */
  settle(number: number, claim: Hex): { final: SealedBatch[]; superseded: SealedBatch[] } {
    const taken = this.list.filter((one) => one.number <= number)
    this.list = this.list.filter((one) => one.number > number)
    const last = taken.at(-1)
    const isOurs = last?.number === number && last.hash === claim
    return isOurs ? { final: taken, superseded: [] } : { final: [], superseded: taken }
  }

  /** Takes those from a number on. */
  from(number: number): SealedBatch[] {
    const taken = this.list.filter((one) => one.number >= number)
    this.list = this.list.filter((one) => one.number < number)
    return taken
  }
}
