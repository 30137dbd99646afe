// Virtual time: events in order of their time; events of one moment in an order that the seed
// draws, so that every order is explored.

import { Heap } from '../../lib/heap.ts'
import type { Prng } from '../../lib/prng.ts'

interface Entry {
  readonly at: number
  readonly tie: number
  readonly order: number
  run: (() => void) | undefined
}

function before(a: Entry, b: Entry): boolean {
  if (a.at !== b.at) return a.at < b.at
  return a.tie !== b.tie ? a.tie < b.tie : a.order < b.order
}

export class Timeline {
  now = 0
  /** Events run so far. */
  steps = 0
  private readonly heap = new Heap<Entry>(before)
  private readonly ties: Prng
  private order = 0

  constructor(random: Prng) {
    this.ties = random.split('ties')
  }

  after(ms: number, run: () => void): () => void {
    const at = this.now + (ms > 0 ? ms : 0)
    const entry: Entry = { at, tie: this.ties.below(2 ** 32), order: this.order++, run }
    this.heap.push(entry)
    return () => {
      entry.run = undefined
    }
  }

  /** When the next event is due; undefined when nothing will ever happen again. */
  get next(): number | undefined {
    return this.heap.peek()?.at
  }

  /** Runs everything that is due within the next `ms`. */
  runFor(ms: number): void {
    const end = this.now + ms
    for (let entry = this.heap.peek(); entry && entry.at <= end; entry = this.heap.peek()) {
      this.heap.pop()
      const { run } = entry
      if (!run) continue
      this.now = entry.at
      this.steps++
      run()
    }
    this.now = end
  }
}
