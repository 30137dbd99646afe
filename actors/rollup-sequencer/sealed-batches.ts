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

  /** Takes those up to a number. */
  upTo(number: number): SealedBatch[] {
    const taken = this.list.filter((one) => one.number <= number)
    this.list = this.list.filter((one) => one.number > number)
    return taken
  }

  /** Takes those from a number on. */
  from(number: number): SealedBatch[] {
    const taken = this.list.filter((one) => one.number >= number)
    this.list = this.list.filter((one) => one.number < number)
    return taken
  }
}
