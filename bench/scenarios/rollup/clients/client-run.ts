// One run of separate clients: each transfer at its time, and what is counted of it.

import { LoadFigures, type SentLoad } from '../../../harness/load-figures.ts'

const UNSENT = 0
const SENT = 1
const OVER = 2

export class ClientRun {
  readonly times: Float64Array
  private readonly fates: Uint8Array
  private readonly figures = new LoadFigures()
  private startedAt = 0
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
    return this.figures.settled === this.times.length
  }

  sent(transfer: number): void {
    this.fates[transfer] = SENT
    this.figures.sent(this.times[transfer] as number, this.now)
    this.figures.filled(0)
  }

  private end(transfer: number): boolean {
    if (this.isOver || this.fates[transfer] !== SENT) return false
    this.fates[transfer] = OVER
    return true
  }

  /** True if it counts as committed. */
  final(transfer: number): boolean {
    if (!this.end(transfer)) return false
    this.figures.final(this.times[transfer] as number, this.now)
    return true
  }

  refused(transfer: number, why: string): void {
    if (this.end(transfer)) this.figures.refused(why)
  }

  get line(): string {
    return `of ${this.times.length}: ${this.figures.line}`
  }

  result(): SentLoad {
    this.isOver = true
    const unsent = this.fates.filter((fate) => fate === UNSENT).length
    if (unsent > 0) throw new Error(`${unsent} transfers were never sent`)
    return this.figures.load({ offered: this.times.length, bytes: this.bytes })
  }
}
