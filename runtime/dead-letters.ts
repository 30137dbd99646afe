// Messages that were not handled: all are counted by reason, the latest are kept with why.

import { DEAD_LETTERS_KEPT } from '../config/limits.ts'
import type { DeadLetter } from './failure.ts'
import type { HostCounters } from './metrics/host-counters.ts'
import { Ring } from './ring.ts'

export class DeadLetters {
  private readonly counters: HostCounters
  private readonly kept = new Ring<DeadLetter>()
  private readonly byReason: Record<string, number> = {}

  constructor(counters: HostCounters) {
    this.counters = counters
  }

  add(letter: DeadLetter): void {
    this.byReason[letter.reason] = (this.byReason[letter.reason] ?? 0) + 1
    this.counters.deadLetter(letter.reason)
    if (this.kept.size >= DEAD_LETTERS_KEPT) this.kept.shift()
    this.kept.push(letter)
  }

  /** The latest, oldest first. */
  latest(): DeadLetter[] {
    return this.kept.toArray()
  }

  counts(): Record<string, number> {
    return { ...this.byReason }
  }
}
