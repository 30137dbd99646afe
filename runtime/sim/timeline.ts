// Virtual time: events in order of their time; events of one moment in an order that the seed
// draws, so that every order is explored.

import { Heap } from '../../lib/heap.ts'
import type { Prng } from '../../lib/prng.ts'

interface Entry {
  readonly at: number
  readonly tie: number
  readonly order: number
  readonly run: () => void
}

export class Timeline {
  now = 0
  /** Events run so far. */
  steps = 0
  private readonly heap = new Heap<Entry>((a, b) =>
    a.at !== b.at ? a.at < b.at : a.tie !== b.tie ? a.tie < b.tie : a.order < b.order,
  )
  private readonly ties: Prng
  private order = 0

  constructor(random: Prng) {
    this.ties = random.split('ties')
  }

  after(ms: number, run: () => void): () => void {
    let open = true
    this.heap.push({
      at: this.now + Math.max(0, ms),
      tie: this.ties.below(2 ** 32),
      order: this.order++,
      run: () => {
        if (open) run()
      },
    })
    return () => {
      open = false
    }
  }

  /** Runs everything that is due within the next `ms`. */
  runFor(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const entry = this.heap.pop()
      if (!entry) break
      if (entry.at > end) {
        this.heap.push(entry)
        break
      }
      this.now = entry.at
      this.steps++
      entry.run()
    }
    this.now = end
  }
}
