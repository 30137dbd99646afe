// The clock of one simulated node: it may be off, run too fast or too slow, and step. Its monotonic
// time starts anywhere, so that nobody can compare two hosts' times by accident.

import type { Timeline } from './timeline.ts'

export class SimClock {
  private readonly timeline: Timeline
  private readonly wallStartMs: number
  private rate: number
  private localAt = 0
  private globalAt: number

  /** `wallStartMs` is what this node takes for the Unix time at the world's beginning. */
  constructor(timeline: Timeline, wallStartMs: number, rate: number) {
    this.timeline = timeline
    this.wallStartMs = wallStartMs
    this.rate = rate
    this.globalAt = timeline.now
  }

  private stepsMs = 0

  /** Milliseconds that this clock has counted. */
  local(): number {
    return this.localAt + (this.timeline.now - this.globalAt) * this.rate
  }

  wallTime(): number {
    return Math.floor(this.wallStartMs + this.stepsMs + this.local())
  }

  /** Virtual milliseconds until this clock has counted `ms` more. */
  toGlobal(ms: number): number {
    return Math.max(0, ms) / this.rate
  }

  setRate(rate: number): void {
    this.localAt = this.local()
    this.globalAt = this.timeline.now
    this.rate = rate
  }

  /** The wall time jumps; monotonic time does not. */
  step(ms: number): void {
    this.stepsMs += ms
  }
}
