// What survives a simulated node: its chain and, on a disk of its own, the record of what it
// signed. Writes take time; in a crash the first few of those under way happen, each whole or not
// at all, though nobody is told.

import type { Hex } from '../../../lib/hex.ts'
import type { Prng } from '../../../lib/prng.ts'
import { isAbove } from '../../../protocol/consensus/place.ts'
import type { FetchedBlock, Place, SignRecord } from '../../../protocol/consensus/simplex-types.ts'
import type { MiniState } from './mini-chain.ts'

export interface StoredBlock extends FetchedBlock {
  readonly hash: Hex
  readonly state: MiniState
}

/** Makes something durable. */
export type Write = () => void

/** In the order in which they reach the disk. */
class WriteQueue {
  private readonly waiting: Write[] = []

  add(write: Write): void {
    this.waiting.push(write)
  }

  /** Its time has come: what was there earlier is durable, too. */
  settle(write: Write): void {
    for (const one of this.waiting.splice(0, this.waiting.indexOf(write) + 1)) one()
  }

  /** How many of them happened. */
  crash(random: Prng): number {
    const writes = this.waiting.splice(0)
    const survive = writes.length === 0 ? 0 : random.below(writes.length + 1)
    for (const write of writes.slice(0, survive)) write()
    return survive
  }
}

export class MemberDisk {
  readonly final: StoredBlock[] = []
  readonly queues = { signs: new WriteQueue(), chain: new WriteQueue() }
  signedTo: Place | undefined
  private forgottenTo: Place | undefined
  private readonly signs = new Map<string, SignRecord>()

  crash(random: Prng): number {
    return this.queues.signs.crash(random) + this.queues.chain.crash(random)
  }

  /** As the sign store gives them: in order of their places, none of where some were deleted. */
  records(): SignRecord[] {
    return [...this.signs.values()]
      .filter((one) => one.view === 0 || isAbove(one, this.forgottenTo))
      .sort((a, b) => a.epoch - b.epoch || a.view - b.view || a.slot - b.slot)
  }

  sign(records: readonly SignRecord[]): void {
    for (const record of records) {
      const { epoch, view, slot } = record
      this.signs.set(`${epoch}/${view}/${slot}`, record)
      if (view > 0 && isAbove(record, this.signedTo)) this.signedTo = { epoch, view }
    }
  }

  forget(upTo: Place): void {
    const { epoch, view } = upTo
    if (isAbove(upTo, this.forgottenTo)) this.forgottenTo = upTo
    for (const [key, one] of this.signs) {
      const old = one.epoch < epoch || (one.epoch === epoch && one.view <= view)
      const kept = one.view === 0 && one.epoch + 1 >= epoch
      if (old && !kept) this.signs.delete(key)
    }
  }

  /** An older copy of the chain; the sign record is not older. */
  loseChain(height: number): void {
    this.final.length = Math.min(this.final.length, height)
  }
}
