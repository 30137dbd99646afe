// What is counted of a load by whoever generates it, and the same as it comes from the generator's
// process. Times are milliseconds since the start of the run.

import { HdrHistogram, type HistogramState } from './hdr-histogram.ts'
import type { LoadOutcome } from './load-plan.ts'

/** A LoadOutcome that can be sent. */
export interface SentLoad extends Omit<LoadOutcome, 'latencyUs' | 'fillUs' | 'lagUs' | 'bySecond'> {
  readonly latency: HistogramState
  readonly fill?: HistogramState
  readonly lag: HistogramState
  readonly bySecond: readonly HistogramState[]
}

/** What the generator itself knows of its load. */
export type LoadTotals = Pick<LoadOutcome, 'offered' | 'bytes' | 'gapMs' | 'sentAgain' | 'batches'>

export class LoadFigures {
  private readonly latency = new HdrHistogram()
  private readonly fill = new HdrHistogram()
  private readonly lag = new HdrHistogram()
  private readonly bySecond: HdrHistogram[] = []
  private readonly finalBySecond: number[] = []
  private readonly refusals = new Map<string, number>()
  private isFilled = false
  committed = 0
  failed = 0

  get settled(): number {
    return this.committed + this.failed
  }

  /** Sent at `nowMs`, which should have been `dueMs`. */
  sent(dueMs: number, nowMs: number, count = 1): void {
    this.lag.record((nowMs - dueMs) * 1000, count)
  }

  /** In a batch that was full so long after the intended time. */
  filled(ms: number, count = 1): void {
    this.isFilled = true
    this.fill.record(ms * 1000, count)
  }

  /** Final at `nowMs`, of those that were meant for `atMs`. */
  final(atMs: number, nowMs: number, count = 1): void {
    this.committed += count
    const us = Math.max(0, (nowMs - atMs) * 1000)
    this.latency.record(us, count)
    const [intended, then] = [Math.floor(atMs / 1000), Math.floor(nowMs / 1000)]
    while (this.bySecond.length <= intended) this.bySecond.push(new HdrHistogram())
    this.bySecond[intended]?.record(us, count)
    while (this.finalBySecond.length <= then) this.finalBySecond.push(0)
    this.finalBySecond[then] = (this.finalBySecond[then] as number) + count
  }

  refused(why: string, count = 1): void {
    this.failed += count
    this.noteRefusal(why, count)
  }

  /** Of one that is sent again, or has failed already. */
  noteRefusal(why: string, count = 1): void {
    this.refusals.set(why, (this.refusals.get(why) ?? 0) + count)
  }

  get line(): string {
    const p50 = Math.round(this.latency.percentile(0.5) / 1000)
    return `${this.committed} final, ${this.failed} refused, p50 ${p50} ms`
  }

  /** What is neither final nor refused has expired. */
  load(totals: LoadTotals): SentLoad {
    const { committed, failed } = this
    return {
      ...totals,
      committed,
      failed,
      expired: totals.offered - committed - failed,
      latency: this.latency.state(),
      ...(this.isFilled && { fill: this.fill.state() }),
      lag: this.lag.state(),
      bySecond: this.bySecond.map((histogram) => histogram.state()),
      finalBySecond: this.finalBySecond,
      refusals: Object.fromEntries(this.refusals),
    }
  }
}

export function outcomeOf({ latency, fill, bySecond, lag, ...load }: SentLoad): LoadOutcome {
  return {
    ...load,
    latencyUs: new HdrHistogram(latency),
    ...(fill && { fillUs: new HdrHistogram(fill) }),
    bySecond: bySecond.map((state) => new HdrHistogram(state)),
    lagUs: new HdrHistogram(lag),
  }
}
