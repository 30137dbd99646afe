// One run of a generator: every request at its time, whatever has become of those before.

import { LoadFigures, type SentLoad } from '../load-figures.ts'
import type { SendLanes } from './send-lanes.ts'

/** What is sent in a run. */
export interface PreparedLoad {
  readonly count: number
  /** The connection of each, modulo their number. */
  readonly lanes: Uint32Array
  readonly bytes: number
}

const TICK_MS = 2
const REPORT_MS = 1000
const UNSENT = 0
const SENT = 1
const COMMITTED = 2
const FAILED = 3

export class GeneratorRun {
  private readonly load: PreparedLoad
  private readonly fates: Uint8Array
  private readonly times: Float64Array
  private readonly lanes: SendLanes
  private readonly figures = new LoadFigures()
  private startedAt = 0
  private next = 0
  private over = false

  constructor(load: PreparedLoad, times: Float64Array, lanes: SendLanes) {
    this.load = load
    this.times = times
    this.lanes = lanes
    this.fates = new Uint8Array(load.count)
  }

  /** It is in a block that the client has seen. True if it counts as committed. */
  final(index: number): boolean {
    if (this.over || this.fates[index] !== SENT) return false
    this.fates[index] = COMMITTED
    this.figures.final(this.times[index] as number, performance.now() - this.startedAt)
    return true
  }

  refused(index: number, message: string): void {
    if (this.over) return
    const words = message.slice(0, 80)
    if (this.fates[index] !== SENT) {
      this.figures.noteRefusal(words)
      return
    }
    this.fates[index] = FAILED
    this.figures.refused(words)
  }

  /** Until all are committed or refused, or `expireMs` after the last was to be sent. */
  async run(expireMs: number, report: (text: string) => void): Promise<SentLoad> {
    this.startedAt = performance.now()
    const { count } = this.load
    const end = (this.times.at(-1) ?? 0) + expireMs
    let reported = 0
    for (;;) {
      const now = performance.now() - this.startedAt
      this.sendDue(now)
      if (now - reported > REPORT_MS) {
        reported = now
        report(`${this.next} sent, ${this.figures.line}`)
      }
      if (this.next === count && this.figures.settled === count) break
      if (now > end) break
      await new Promise((done) => setTimeout(done, TICK_MS))
    }
    return this.result()
  }

  private sendDue(now: number): void {
    const from = this.next
    while (this.next < this.times.length && (this.times[this.next] as number) <= now) {
      const index = this.next++
      this.figures.sent(this.times[index] as number, now)
      this.fates[index] = SENT
      this.lanes.add(this.load.lanes[index] as number, index)
    }
    if (this.next > from) this.lanes.flush()
  }

  private result(): SentLoad {
    this.over = true
    const { count, bytes } = this.load
    const unsent = this.fates.filter((fate) => fate === UNSENT).length
    if (unsent > 0) throw new Error(`${unsent} were never sent`)
    return this.figures.load({ offered: count, bytes })
  }
}
