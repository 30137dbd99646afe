// The simulated network between hosts: every frame is really encoded, then delayed, lost, doubled,
// overtaken or stopped by a partition.

import type { Prng } from '../../lib/prng.ts'
import type { Lane, Link } from '../ports.ts'
import type { NetworkFaults } from './faults.ts'
import type { Timeline } from './timeline.ts'

const OVERTAKEN_MS = 50

/** Sees every frame that is sent; returns further frames to send in its place. */
export type Tap = (from: string, to: string, frame: Uint8Array) => Uint8Array[]

class SimLink implements Link {
  receive: (frame: Uint8Array, lane: Lane) => void = () => {}
  down: (why: string) => void = () => {}
  open = true
  readonly sendFrame: (frame: Uint8Array, lane: Lane) => void
  readonly breakBoth: (why: string) => void

  constructor(
    sendFrame: (frame: Uint8Array, lane: Lane) => void,
    breakBoth: (why: string) => void,
  ) {
    this.sendFrame = sendFrame
    this.breakBoth = breakBoth
  }

  send(frame: Uint8Array, lane: Lane): boolean {
    if (this.open) this.sendFrame(frame.slice(), lane)
    return this.open
  }

  onFrame(receive: (frame: Uint8Array, lane: Lane) => void): void {
    this.receive = receive
  }

  /** Never full: what is under way is bounded by the credits of the hosts. */
  onDrain(): void {}

  onDown(down: (why: string) => void): void {
    this.down = down
  }

  close(why = 'closed'): void {
    this.breakBoth(why)
  }
}

export class Network {
  faults: NetworkFaults
  tap: Tap | undefined
  frames = 0
  private readonly timeline: Timeline
  private readonly random: Prng
  /** Ordered pairs `from>to` between which nothing passes. */
  private readonly cut = new Set<string>()

  constructor(timeline: Timeline, random: Prng, faults: NetworkFaults) {
    this.timeline = timeline
    this.random = random.split('network')
    this.faults = faults
  }

  block(from: string, to: string): void {
    this.cut.add(`${from}>${to}`)
  }

  heal(): void {
    this.cut.clear()
  }

  private latency(): number {
    const { latencyMinMs, latencyTailMs, reordering } = this.faults
    const tail = -Math.log(1 - this.random.unit()) * latencyTailMs
    const held = this.random.chance(reordering) ? this.random.unit() * OVERTAKEN_MS : 0
    return latencyMinMs + tail + held
  }

  private carry(
    from: string,
    to: string,
    target: () => SimLink,
    frame: Uint8Array,
    lane: Lane,
  ): void {
    if (this.cut.has(`${from}>${to}`) || this.random.chance(this.faults.loss)) return
    const copies = this.random.chance(this.faults.duplication) ? 2 : 1
    for (let i = 0; i < copies; i++) {
      this.frames++
      this.timeline.after(this.latency(), () => {
        const link = target()
        if (link.open && !this.cut.has(`${from}>${to}`)) link.receive(frame, lane)
      })
    }
  }

  /** The two ends of a connection between hosts a and b. */
  connect(a: string, b: string): [Link, Link] {
    const end = (from: string, to: string, target: () => SimLink) =>
      new SimLink(
        (frame, lane) => {
          const sent = this.tap ? [frame, ...this.tap(from, to, frame)] : [frame]
          for (const one of sent) this.carry(from, to, target, one, lane)
        },
        (why) => this.disconnect([left, right], why),
      )
    const left: SimLink = end(a, b, () => right)
    const right: SimLink = end(b, a, () => left)
    return [left, right]
  }

  /** Breaks a connection: both ends hear of it. */
  disconnect([left, right]: [Link, Link], why = 'disconnected'): void {
    for (const link of [left, right] as [SimLink, SimLink]) {
      if (!link.open) continue
      link.open = false
      this.timeline.after(0, () => link.down(why))
    }
  }
}
