// Batches that are sealed here and not final: whose transfers they hold.

import type { Hex } from '../../lib/hex.ts'
import type { OpenBatch } from './open-batch.ts'

export interface SealedBatch {
  readonly number: number
  readonly hash: Hex
  /** Hash of the claim that it stands on. */
  readonly parent: Hex
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
   * Takes those up to the final claim, and says what became of them. Its ancestors are final with
   * it. Of others nothing is known, where the claim is another's or they were undone and nobody
   * said so: submitted again, what was final is refused by its nonce.
   */
  settle(number: number, claim: Hex): { final: SealedBatch[]; superseded: SealedBatch[] } {
    const taken = this.list.filter((one) => one.number <= number)
    this.list = this.list.filter((one) => one.number > number)
    const final = new Set<SealedBatch>()
    let at = claim
    for (const one of [...taken].reverse()) {
      if (one.hash !== at) continue
      final.add(one)
      at = one.parent
    }
    return { final: [...final].reverse(), superseded: taken.filter((one) => !final.has(one)) }
  }

  /** Takes those from a number on. */
  from(number: number): SealedBatch[] {
    const taken = this.list.filter((one) => one.number >= number)
    this.list = this.list.filter((one) => one.number < number)
    return taken
  }
}
