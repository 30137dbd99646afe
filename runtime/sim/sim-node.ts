// One node of a simulated world: its clock and disks outlive its crashes, its host does not.

import type { Host } from '../host.ts'
import { Platter } from './platter.ts'
import type { SimClock } from './sim-clock.ts'
import type { Timeline } from './timeline.ts'

export class SimNode {
  readonly name: string
  readonly spawn: (host: Host) => void
  readonly clock: SimClock
  readonly disks = new Map<string, Platter>()
  /** Counts starts and crashes: callbacks of an earlier life are dropped. */
  life = 0
  host: Host | undefined
  private pausedUntil = 0
  /** What came due while the node was paused, in that order: frames, timers, turns. */
  private readonly held: (() => void)[] = []
  private readonly timeline: Timeline

  constructor(name: string, spawn: (host: Host) => void, clock: SimClock, timeline: Timeline) {
    this.name = name
    this.spawn = spawn
    this.clock = clock
    this.timeline = timeline
  }

  platter(name: string): Platter {
    let platter = this.disks.get(name)
    if (!platter) {
      platter = new Platter()
      this.disks.set(name, platter)
    }
    return platter
  }

  get paused(): boolean {
    return this.timeline.now < this.pausedUntil
  }

  pause(ms: number): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.timeline.now + ms)
    this.timeline.after(ms, () => this.takeHeld())
  }

  resume(): void {
    this.pausedUntil = 0
    this.takeHeld()
  }

  /** Runs `run` now, or after the pause. */
  gate(run: () => void): void {
    if (this.paused) this.held.push(run)
    else run()
  }

  private takeHeld(): void {
    if (this.paused) return
    for (const run of this.held.splice(0)) run()
  }

  /** Runs in this life only, and not while the node is paused; the result cancels it. */
  later(life: number, ms: number, run: () => void): () => void {
    const { timeline } = this
    let cancelled = false
    const attempt = () => {
      if (cancelled || this.life !== life) return
      if (this.paused) this.held.push(attempt)
      else run()
    }
    const cancelTimer = timeline.after(this.clock.toGlobal(ms), attempt)
    return () => {
      cancelled = true
      cancelTimer()
    }
  }
}
