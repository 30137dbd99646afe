// One run: submissions at their times whatever has become of those before, and what is counted of
// them. Transfer i of a run is meant for the time i / rate; what is recorded of a submission is
// recorded for slices of it, each from the earliest intended time in the slice, with its count.

import { HdrHistogram } from '../../../harness/hdr-histogram.ts'
import type { BatchShape } from './batch-shape.ts'
import type { RunTerms, SentLoad } from './generator-messages.ts'
import { HeardBatches } from './heard-batches.ts'

const SLICE_MS = 1

export class LoadRun {
  readonly terms: RunTerms
  readonly shape: BatchShape
  readonly submissions: number
  readonly offered: number
  private readonly latency = new HdrHistogram()
  private readonly fill = new HdrHistogram()
  private readonly lag = new HdrHistogram()
  private readonly bySecond: HdrHistogram[] = []
  private readonly finalBySecond: number[] = []
  private readonly refusals = new Map<string, number>()
  private readonly heard = new HeardBatches()
  /** By submission. */
  private readonly sentMs: number[] = []
  private startedAt = 0
  private startedWall = 0
  private bytes = 0
  private lastFinalMs = 0
  private gapMs = 0
  sentAgain = 0
  committed = 0
  failed = 0
  isOver = false

  constructor(terms: RunTerms, shape: BatchShape) {
    this.terms = terms
    this.shape = shape
    this.submissions = Math.max(1, Math.floor((terms.seconds * 1000) / shape.fillMs))
    this.offered = this.submissions * shape.transfers
  }

  start(): void {
    this.startedAt = performance.now()
    this.startedWall = performance.timeOrigin + this.startedAt
  }

  /** Milliseconds since the start. */
  get now(): number {
    return performance.now() - this.startedAt
  }

  /** The submission is full when its last transfer is meant to be sent. */
  dueMs(submission: number): number {
    return (submission + 1) * this.shape.fillMs
  }

  get isSettled(): boolean {
    return this.committed + this.failed === this.offered
  }

  sent(submission: number, bytes: number): void {
    this.bytes += bytes
    this.sentMs[submission] = this.now
    const due = this.dueMs(submission)
    this.lag.record((this.now - due) * 1000, this.shape.transfers)
    this.slices(submission, 0, this.shape.transfers, (at, count) => {
      this.fill.record((due - at) * 1000, count)
    })
  }

  addBytes(bytes: number): void {
    if (!this.isOver) this.bytes += bytes
  }

  /** Transfers from `offset` on, by the earliest intended time of at most a millisecond. */
  private slices(
    submission: number,
    offset: number,
    count: number,
    each: (atMs: number, count: number) => void,
  ): void {
    const gapMs = 1000 / this.terms.perSecond
    const size = Math.max(1, Math.floor(SLICE_MS / gapMs))
    const base = submission * this.shape.transfers
    for (let i = offset; i < offset + count; i += size) {
      each((base + i) * gapMs, Math.min(size, offset + count - i))
    }
  }

  /** `batch` says with which one, where that is known. */
  final(
    submission: number,
    offset: number,
    count: number,
    batch?: { readonly shard: number; readonly number: number },
  ): void {
    const { now } = this
    if (batch) this.noteBatch(batch, submission, offset, count)
    this.committed += count
    this.noteGap(now)
    const then = Math.floor(now / 1000)
    while (this.finalBySecond.length <= then) this.finalBySecond.push(0)
    this.finalBySecond[then] = (this.finalBySecond[then] as number) + count
    this.slices(submission, offset, count, (at, times) => {
      const us = Math.max(0, (now - at) * 1000)
      this.latency.record(us, times)
      const second = Math.floor(at / 1000)
      while (this.bySecond.length <= second) this.bySecond.push(new HdrHistogram())
      this.bySecond[second]?.record(us, times)
    })
  }

  private noteBatch(
    batch: { readonly shard: number; readonly number: number },
    submission: number,
    offset: number,
    count: number,
  ): void {
    const middle = submission * this.shape.transfers + offset + (count - 1) / 2
    this.heard.add(batch, count, {
      intended: (middle * 1000) / this.terms.perSecond,
      sent: this.sentMs[submission] ?? this.dueMs(submission),
      heard: this.now,
    })
  }

  /** Of the schedule alone: after it there is less and less to become final. */
  private noteGap(now: number): void {
    const end = this.dueMs(this.submissions - 1)
    if (this.lastFinalMs < end) {
      this.gapMs = Math.max(this.gapMs, Math.min(now, end) - this.lastFinalMs)
    }
    this.lastFinalMs = now
  }

  refused(why: string, count: number): void {
    this.failed += count
    this.refusals.set(why, (this.refusals.get(why) ?? 0) + count)
  }

  get line(): string {
    const p50 = Math.round(this.latency.percentile(0.5) / 1000)
    return `${this.committed} of ${this.offered} final, ${this.failed} refused, p50 ${p50} ms`
  }

  end(): SentLoad {
    this.isOver = true
    this.noteGap(this.now)
    const { offered, committed, failed, gapMs, sentAgain } = this
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
      gapMs,
      sentAgain,
      batches: this.heard.list(this.startedWall),
    }
  }
}
