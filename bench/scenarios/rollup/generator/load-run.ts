// One run: submissions at their times whatever has become of those before, and what is counted of
// them. Transfer i of a run is meant for the time i / rate; what is recorded of a submission is
// recorded for slices of it, each from the earliest intended time in the slice, with its count.

import { LoadFigures, type SentLoad } from '../../../harness/load-figures.ts'
import type { BatchShape } from './batch-shape.ts'
import type { RunTerms } from './generator-messages.ts'
import { HeardBatches } from './heard-batches.ts'

const SLICE_MS = 1

export class LoadRun {
  readonly terms: RunTerms
  readonly shape: BatchShape
  readonly submissions: number
  readonly offered: number
  private readonly figures = new LoadFigures()
  private readonly heard = new HeardBatches()
  /** By submission. */
  private readonly sentMs: number[] = []
  private startedAt = 0
  private startedWall = 0
  private bytes = 0
  private lastFinalMs = 0
  private gapMs = 0
  sentAgain = 0
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
    return this.figures.settled === this.offered
  }

  sent(submission: number, bytes: number): void {
    this.bytes += bytes
    this.sentMs[submission] = this.now
    const due = this.dueMs(submission)
    this.figures.sent(due, this.now, this.shape.transfers)
    this.slices(submission, 0, this.shape.transfers, (at, count) => {
      this.figures.filled(due - at, count)
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
    this.noteGap(now)
    this.slices(submission, offset, count, (at, times) => this.figures.final(at, now, times))
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
    this.figures.refused(why, count)
  }

  get line(): string {
    return `of ${this.offered}: ${this.figures.line}`
  }

  end(): SentLoad {
    this.isOver = true
    this.noteGap(this.now)
    const { offered, gapMs, sentAgain } = this
    const batches = this.heard.list(this.startedWall)
    return this.figures.load({ offered, bytes: this.bytes, gapMs, sentAgain, batches })
  }
}
