// Virtual time: events in order of their time; events of one moment in an order that the seed
// draws, so that every order is explored.

import type { Prng } from '../../lib/prng.ts'
import { Agenda, type Entry } from './agenda.ts'

/**
 * More events than this in one moment are actors that go round in a circle without waiting. Fifty
 * validators that all tell all the others at once make thousands.
 */
const EVENTS_OF_A_MOMENT_MAX = 100_000

export class Timeline {
  now = 0
  /** Events run so far. */
  steps = 0
  private readonly agenda = new Agenda()
  private readonly ties: Prng
  private order = 0

  constructor(random: Prng) {
    this.ties = random.split('ties')
  }

  after(ms: number, run: () => void): () => void {
    const entry = this.add(ms, run)
    return () => {
      entry.run = undefined
    }
  }

  /** PERF: the same for what is never cancelled. */
  post(ms: number, run: () => void): void {
    this.add(ms, run)
  }

  private add(ms: number, run: () => void): Entry {
    // PERF: as an integer of 32 bits with a sign, which V8 keeps without a box.
    const tie = (this.ties.below(2 ** 32) - 2 ** 31) | 0
    const entry: Entry = { tie, order: this.order++, run }
    this.agenda.push(this.now + (ms > 0 ? ms : 0), entry)
    return entry
  }

  /** When the next event is due; undefined when nothing will ever happen again. */
  get next(): number | undefined {
    return this.agenda.next
  }

  /** Runs everything that is due within the next `ms`. Throws when time does not go on. */
  runFor(ms: number): void {
    const end = this.now + ms
    let within = 0
    for (let at = this.agenda.next; at !== undefined && at <= end; at = this.agenda.next) {
      const { run } = this.agenda.pop()
      if (!run) continue
      within = at === this.now ? within + 1 : 0
      if (within > EVENTS_OF_A_MOMENT_MAX) {
        throw new Error(`${within} events at ${at} ms: something is tried again without waiting`)
      }
      this.now = at
      this.steps++
      run()
    }
    this.now = end
  }
}
