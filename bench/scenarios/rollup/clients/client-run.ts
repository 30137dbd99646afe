// One run of separate clients: each transfer at its time, and what is counted of it.

import { HdrHistogram } from '../../../harness/hdr-histogram.ts'
import type { SentLoad } from '../generator/generator-messages.ts'

const UNSENT = 0
const SENT = 1
const OVER = 2

export class ClientRun {
  readonly times: Float64Array
  private readonly fates: Uint8Array
  private readonly latency = new HdrHistogram()
  private readonly lag = new HdrHistogram()
  private readonly fill = new HdrHistogram()
  private readonly bySecond: HdrHistogram[] = []
  private readonly finalBySecond: number[] = []
  private readonly refusals = new Map<string, number>()
  private startedAt = 0
  private committed = 0
  private failed = 0
  private isOver = false
  bytes = 0

  constructor(times: Float64Array) {
    this.times = times
    this.fates = new Uint8Array(times.length)
  }

  start(): void {
    this.startedAt = performance.now()
  }

  get now(): number {
    return performance.now() - this.startedAt
  }

  get isSettled(): boolean {
    return this.committed + this.failed === this.times.length
  }

  sent(transfer: number): void {
    this.fates[transfer] = SENT
    this.lag.record((this.now - (this.times[transfer] as number)) * 1000)
    this.fill.record(0)
  }

  private end(transfer: number): boolean {
    if (this.isOver || this.fates[transfer] !== SENT) return false
    this.fates[transfer] = OVER
    return true
  }

  /** True if it counts as committed. */
  final(transfer: number): boolean {
    if (!this.end(transfer)) return false
    this.committed++
    const at = this.times[transfer] as number
    const us = Math.max(0, (this.now - at) * 1000)
    this.latency.record(us)
    const [second, then] = [Math.floor(at / 1000), Math.floor(this.now / 1000)]
    while (this.bySecond.length <= second) this.bySecond.push(new HdrHistogram())
    this.bySecond[second]?.record(us)
    while (this.finalBySecond.length <= then) this.finalBySecond.push(0)
    this.finalBySecond[then] = (this.finalBySecond[then] as number) + 1
    return true
  }

  refused(transfer: number, why: string): void {
    if (!this.end(transfer)) return
    this.failed++
    this.refusals.set(why, (this.refusals.get(why) ?? 0) + 1)
  }

  get line(): string {
    const p50 = Math.round(this.latency.percentile(0.5) / 1000)
    return `${this.committed} of ${this.times.length} final, ${this.failed} refused, p50 ${p50} ms`
  }

  result(): SentLoad {
    this.isOver = true
    const unsent = this.fates.filter((fate) => fate === UNSENT).length
    if (unsent > 0) throw new Error(`${unsent} transfers were never sent`)
    const { committed, failed } = this
    const offered = this.times.length
    return {
      offered,
      committed,
      failed,
      expired: offered - committed - failed,
      latency: this.latency.state(),
      fill: this.fill.state(),
      bySecond: this.bySecond.map((histogram) => histogram.state()),
      finalBySecond: this.finalBySecond,
      lag: this.lag.state(),
      bytes: this.bytes,
      refusals: Object.fromEntries(this.refusals),
    }
  }
}
