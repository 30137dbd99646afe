// One run of jobs: what became of each, and how long it took from the time that was intended.

import { HdrHistogram } from '../../../harness/hdr-histogram.ts'
import type { JobTimes } from '../../../harness/job-figures.ts'
import { loadPlan } from '../../../harness/load-plan.ts'
import type { JobLoad, JobTerms } from './job-messages.ts'

export class JobRun {
  readonly terms: JobTerms
  /** Milliseconds from the start, ascending. */
  readonly times: Float64Array
  private readonly histograms: JobTimes<HdrHistogram> = {
    lock: new HdrHistogram(),
    settle: new HdrHistogram(),
    job: new HdrHistogram(),
    lag: new HdrHistogram(),
  }
  private readonly refusals = new Map<string, number>()
  private startedAt = 0
  private paid = 0
  private returned = 0
  private failed = 0
  private inSchedule = 0
  isOver = false

  constructor(terms: JobTerms) {
    this.terms = terms
    const { name, perSecond, seconds, expireMs } = terms
    this.times = loadPlan(`${name} jobs`, perSecond, seconds, expireMs).times
  }

  start(): void {
    this.startedAt = performance.now()
  }

  /** Milliseconds since the start. */
  get now(): number {
    return performance.now() - this.startedAt
  }

  get isSettled(): boolean {
    return this.paid + this.returned + this.failed === this.times.length
  }

  sent(atMs: number): void {
    this.histograms.lag.record((this.now - atMs) * 1000)
  }

  locked(atMs: number): void {
    if (!this.isOver) this.histograms.lock.record((this.now - atMs) * 1000)
  }

  private ended(): void {
    if (this.now <= this.terms.seconds * 1000) this.inSchedule++
  }

  /** The lock was final at `lockedMs`. */
  paidOut(atMs: number, lockedMs: number): void {
    if (this.isOver) return
    const { now } = this
    this.paid++
    this.ended()
    this.histograms.settle.record((now - lockedMs) * 1000)
    this.histograms.job.record((now - atMs) * 1000)
  }

  givenBack(): void {
    if (this.isOver) return
    this.returned++
    this.ended()
  }

  refused(why: string): void {
    if (this.isOver) return
    this.failed++
    this.refusals.set(why, (this.refusals.get(why) ?? 0) + 1)
  }

  get line(): string {
    const { paid, returned, failed } = this
    return `${paid} jobs paid, ${returned} given back, ${failed} failed of ${this.times.length}`
  }

  end(): JobLoad {
    this.isOver = true
    const { paid, returned, failed, inSchedule } = this
    const offered = this.times.length
    const { lock, settle, job, lag } = this.histograms
    return {
      offered,
      paid,
      returned,
      failed,
      expired: offered - paid - returned - failed,
      inSchedule,
      refusals: Object.fromEntries(this.refusals),
      times: {
        lock: lock.state(),
        settle: settle.state(),
        job: job.state(),
        lag: lag.state(),
      },
    }
  }
}
