// A clock that stands still while others have the processors: per look it moves on by what this
// process has used of them and a little for having waited. So deadlines and the pace of blocks mean
// the same on a busy machine as on a quiet one.

import type { Clock } from '../../runtime/ports.ts'

const LOOK_MS = 4

interface Timer {
  readonly at: number
  readonly run: () => void
}

export class OwnClock implements Clock {
  private time = 0
  private readonly wallStart = Date.now()
  private readonly timers = new Set<Timer>()
  private readonly interval: NodeJS.Timeout
  private real = performance.now()
  private used = process.cpuUsage()

  constructor() {
    this.interval = setInterval(() => this.look(), LOOK_MS)
  }

  private look(): void {
    const { user, system } = process.cpuUsage(this.used)
    const real = performance.now()
    this.time += Math.min(real - this.real, (user + system) / 1000 + LOOK_MS)
    this.real = real
    this.used = process.cpuUsage()
    const due = [...this.timers].filter(({ at }) => at <= this.time)
    due.sort((a, b) => a.at - b.at)
    for (const timer of due) if (this.timers.delete(timer)) timer.run()
  }

  now(): number {
    return this.time
  }

  wallTime(): number {
    return Math.floor(this.wallStart + this.time)
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + Math.max(0, ms), run }
    this.timers.add(timer)
    return () => this.timers.delete(timer)
  }

  stop(): void {
    clearInterval(this.interval)
  }
}
