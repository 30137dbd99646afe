// The simulated network between hosts: every frame is really encoded, then delayed, lost, doubled,
// overtaken, clogged, or stopped by a partition.

import type { Prng } from '../../lib/prng.ts'
import type { Lane, Link } from '../ports.ts'
import type { NetworkFaults } from './faults.ts'
import { SimLink, type Wire } from './sim-link.ts'
import type { Timeline } from './timeline.ts'

const OVERTAKEN_MS = 50
/** Frames of one lane do not share a moment, so that ties cannot reorder them. */
const APART_MS = 1e-6

/** Sees every frame that is sent; returns further frames to send in its place. */
export type Tap = (from: string, to: string, frame: Uint8Array) => Uint8Array[]

export type Fate = 'sent' | 'lost' | 'doubled' | 'arrived'

/** Hears of every frame, and every copy of one: what was sent is lost or arrives. */
export type Observer = (fate: Fate, from: string, to: string, frame: Uint8Array) => void

export interface NetworkHooks {
  /** Runs `run` when the node takes in frames: at once, or later when it is paused. */
  gate?: (node: string, run: () => void) => void
  /** A connection that was whole ended for both ends. */
  broken?: (end: SimLink) => void
}

/** Counts reasons, so that two faults on one direction end independently. */
class Directions {
  private readonly counts = new Map<string, number>()

  add(from: string, to: string): void {
    const id = `${from}>${to}`
    this.counts.set(id, (this.counts.get(id) ?? 0) + 1)
  }

  remove(from: string, to: string): void {
    const id = `${from}>${to}`
    const left = (this.counts.get(id) ?? 0) - 1
    if (left > 0) this.counts.set(id, left)
    else this.counts.delete(id)
  }

  has(from: string, to: string): boolean {
    return this.counts.size > 0 && this.counts.has(`${from}>${to}`)
  }

  clear(): void {
    this.counts.clear()
  }
}

export class Network implements Wire {
  faults: NetworkFaults
  tap: Tap | undefined
  frames = 0
  readonly hooks: NetworkHooks = {}
  private readonly timeline: Timeline
  private readonly random: Prng
  private readonly cuts = new Directions()
  private readonly clogs = new Directions()
  private readonly observers: Observer[] = []
  private readonly bad = new Set<{ readonly rate: number }>()
  private readonly links = new Set<SimLink>()

  constructor(timeline: Timeline, random: Prng, faults: NetworkFaults) {
    this.timeline = timeline
    this.random = random.split('network')
    this.faults = faults
  }

  get capacityBytes(): number {
    return this.faults.capacityBytes
  }

  /** Nothing passes in this direction; the result ends it. */
  block(from: string, to: string): () => void {
    return this.mark(this.cuts, from, to)
  }

  isBlocked(from: string, to: string): boolean {
    return this.cuts.has(from, to)
  }

  /** What is sent in this direction waits; the result ends it, and all of it goes on its way. */
  clog(from: string, to: string): () => void {
    return this.mark(this.clogs, from, to)
  }

  /** All links lose, double and overtake at least at this rate; the result ends it. */
  worsen(rate: number): () => void {
    const one = { rate }
    this.bad.add(one)
    return () => this.bad.delete(one)
  }

  private rate(usual: number): number {
    let rate = usual
    for (const one of this.bad) rate = Math.max(rate, one.rate)
    return rate
  }

  private mark(directions: Directions, from: string, to: string): () => void {
    let open = true
    directions.add(from, to)
    return () => {
      if (!open) return
      open = false
      directions.remove(from, to)
      for (const link of this.links) if (link.from === from && link.to === to) this.pump(link)
    }
  }

  /** Ends all cuts, clogs and bad times. */
  heal(): void {
    this.cuts.clear()
    this.clogs.clear()
    this.bad.clear()
    for (const link of this.links) this.pump(link)
  }

  /** The two ends of a connection between hosts a and b. */
  connect(a: string, b: string): [Link, Link] {
    const left = new SimLink(this, a, b)
    const right = new SimLink(this, b, a)
    left.other = right
    right.other = left
    this.links.add(left)
    this.links.add(right)
    return [left, right]
  }

  offer(end: SimLink, frame: Uint8Array, lane: Lane): void {
    const { from, to } = end
    for (const one of this.tap ? [frame, ...this.tap(from, to, frame)] : [frame]) {
      this.tell('sent', from, to, one)
      end.push({ frame: one, lane })
    }
    if (!end.pumping) this.pump(end)
  }

  /** Sends on what waits at an end, as fast as the wire carries it. */
  private pump(end: SimLink): void {
    end.pumping = false
    while (end.open && end.queuedBytes > 0 && !this.clogs.has(end.from, end.to)) {
      const wait = end.freeAt - this.timeline.now
      if (wait > 0) {
        end.pumping = true
        this.timeline.after(wait, () => this.pump(end))
        break
      }
      const waiting = end.shift()
      if (!waiting) break
      end.freeAt = this.timeline.now + waiting.frame.length / this.faults.bytesPerMs
      this.carry(end, waiting.frame, waiting.lane)
    }
    if (!end.open || !end.refused || end.queuedBytes * 2 > this.capacityBytes) return
    end.refused = false
    this.timeline.after(0, () => this.gate(end.from, () => end.open && end.drained()))
  }

  /** Further observers hear of every frame, too. */
  watch(observer: Observer): void {
    this.observers.push(observer)
  }

  private tell(fate: Fate, from: string, to: string, frame: Uint8Array): void {
    for (const observer of this.observers) observer(fate, from, to, frame)
  }

  private gate(node: string, run: () => void): void {
    if (this.hooks.gate) this.hooks.gate(node, run)
    else run()
  }

  private carry(end: SimLink, frame: Uint8Array, lane: Lane): void {
    const { from, to } = end
    if (this.cuts.has(from, to) || this.random.chance(this.rate(this.faults.loss))) {
      this.tell('lost', from, to, frame)
      return
    }
    this.arrive(end, frame, lane)
    if (!this.random.chance(this.rate(this.faults.duplication))) return
    this.tell('doubled', from, to, frame)
    this.arrive(end, frame, lane)
  }

  private arrive(end: SimLink, frame: Uint8Array, lane: Lane): void {
    const { latencyMinMs, latencyTailMs, reordering } = this.faults
    const tail = -Math.log(1 - this.random.unit()) * latencyTailMs
    let at = this.timeline.now + latencyMinMs + tail
    if (this.random.chance(this.rate(reordering))) at += this.random.unit() * OVERTAKEN_MS
    else {
      at = Math.max(at, end.lastArrival[lane] + APART_MS)
      end.lastArrival[lane] = at
    }
    this.frames++
    this.timeline.after(at - this.timeline.now, () =>
      this.gate(end.to, () => this.land(end, frame, lane)),
    )
  }

  private land({ from, to, other }: SimLink, frame: Uint8Array, lane: Lane): void {
    const arrived = other.open && !this.cuts.has(from, to)
    this.tell(arrived ? 'arrived' : 'lost', from, to, frame)
    if (arrived) other.receive(frame, lane)
  }

  close(end: SimLink, why: string): void {
    this.disconnect([end, end.other], why)
  }

  /** Breaks a connection: both ends hear of it. */
  disconnect(ends: [Link, Link], why = 'connection lost'): void {
    const [left, right] = ends as [SimLink, SimLink]
    const both = left.open && right.open
    this.end(left, why)
    this.end(right, why)
    if (both) this.hooks.broken?.(left)
  }

  /** The end of `name` is gone without a word: the other still sends, into nothing. */
  silence(ends: [Link, Link], name: string): void {
    for (const end of ends as [SimLink, SimLink]) {
      if (end.from !== name) continue
      end.down = () => {}
      this.end(end, 'silent')
    }
  }

  private end(link: SimLink, why: string): void {
    if (!link.open) return
    link.open = false
    this.links.delete(link)
    for (let waiting = link.shift(); waiting; waiting = link.shift()) {
      this.tell('lost', link.from, link.to, waiting.frame)
    }
    this.timeline.after(0, () => this.gate(link.from, () => link.down(why)))
  }
}
