// One run of a generator: every request at its time, whatever has become of those before.

import { HdrHistogram } from '../hdr-histogram.ts'
import type { SentLoad } from './generator-messages.ts'
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
  private readonly latency = new HdrHistogram()
  private readonly lag = new HdrHistogram()
  private readonly bySecond: HdrHistogram[] = []
  private readonly finalBySecond: number[] = []
  private readonly refusals = new Map<string, number>()
  private startedAt = 0
  private next = 0
  private committed = 0
  private failed = 0
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
    this.committed++
    const at = this.times[index] as number
    const now = performance.now() - this.startedAt
    const us = Math.max(0, (now - at) * 1000)
    this.latency.record(us)
    const second = Math.floor(at / 1000)
    while (this.bySecond.length <= second) this.bySecond.push(new HdrHistogram())
    this.bySecond[second]?.record(us)
    const then = Math.floor(now / 1000)
    while (this.finalBySecond.length <= then) this.finalBySecond.push(0)
    this.finalBySecond[then] = (this.finalBySecond[then] as number) + 1
    return true
  }

  refused(index: number, message: string): void {
    if (this.over) return
    const words = message.slice(0, 80)
    this.refusals.set(words, (this.refusals.get(words) ?? 0) + 1)
    if (this.fates[index] !== SENT) return
    this.fates[index] = FAILED
    this.failed++
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
        const p50 = Math.round(this.latency.percentile(0.5) / 1000)
        report(`${this.next} sent, ${this.committed} final, ${this.failed} refused, p50 ${p50} ms`)
      }
      if (this.next === count && this.committed + this.failed === count) break
      if (now > end) break
      await new Promise((done) => setTimeout(done, TICK_MS))
    }
    return this.result()
  }

  private sendDue(now: number): void {
    const from = this.next
    while (this.next < this.times.length && (this.times[this.next] as number) <= now) {
      const index = this.next++
      this.lag.record((now - (this.times[index] as number)) * 1000)
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
    return {
      offered: count,
      committed: this.committed,
      failed: this.failed,
      expired: count - this.committed - this.failed,
      latency: this.latency.state(),
      bySecond: this.bySecond.map((histogram) => histogram.state()),
      finalBySecond: this.finalBySecond,
      lag: this.lag.state(),
      bytes,
      refusals: Object.fromEntries(this.refusals),
    }
  }
}
