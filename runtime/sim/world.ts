// A simulated world: hosts on virtual time, one seed, every source of chance derived from it. It
// knows nothing of what its actors are for.

import { type Prng, prng } from '../../lib/prng.ts'
import { Host, type HostOptions } from '../host.ts'
import type { Link, LogLine } from '../ports.ts'
import type { Faults } from './faults.ts'
import { hookSends, type SendHook } from './hook-sends.ts'
import { Network } from './network.ts'
import type { Platter } from './platter.ts'
import { SimClock } from './sim-clock.ts'
import { SimDisk } from './sim-disk.ts'
import { SimNode } from './sim-node.ts'
import { type SimTask, simTasks } from './sim-tasks.ts'
import { Timeline } from './timeline.ts'
import { TraceHash } from './trace-hash.ts'

export interface WorldOptions {
  readonly seed: string
  readonly faults: Faults
  readonly place: (kind: string, key: string) => string
  /** Which of a node's disks an actor uses. */
  readonly disk: (kind: string) => string
  readonly tasks: Readonly<Record<string, SimTask>>
  readonly wallStartMs: number
  readonly onLog?: (line: LogLine, atMs: number) => void
  /** Crashes, starts, links, frames: everything that is not an actor's own log line. */
  readonly onEvent?: (event: string, atMs: number) => void
  /** Called before a crash throws a host away. */
  readonly onCrash?: (host: Host) => void
}

/** A connection that was lost is tried again within about this time. */
const REDIAL_MS = 300
/** Share of the `buggify` marks that a seed enables. */
const BUGGIFY_ENABLED = 0.4

export class World {
  readonly timeline: Timeline
  readonly network: Network
  readonly random: Prng
  readonly trace = new TraceHash()
  readonly marks = new Map<string, number>()
  /** Sees every message between hosts, and may add to them. */
  sent: SendHook | undefined
  faults: Faults
  /** The schedule's faults strike no more. */
  healed = false
  private readonly options: WorldOptions
  private readonly nodes = new Map<string, SimNode>()
  private readonly connections = new Map<string, [Link, Link]>()
  private readonly dialing: Prng
  private readonly crashes: Prng
  private readonly buggifying: Prng
  private readonly buggified = new Map<string, boolean>()

  constructor(options: WorldOptions) {
    this.options = options
    this.faults = options.faults
    this.random = prng(options.seed)
    this.dialing = this.random.split('dialing')
    this.crashes = this.random.split('crashes')
    this.buggifying = this.random.split('buggify')
    this.timeline = new Timeline(this.random)
    this.network = new Network(this.timeline, this.random, options.faults.network)
    this.network.hooks.gate = (name, run) => this.node(name).gate(run)
    this.network.hooks.broken = ({ from, to }) => this.broken(from, to)
    this.observe()
  }

  private observe(): void {
    const { trace, timeline, network } = this
    network.watch((fate, from, to, frame) => {
      if (fate === 'arrived') {
        trace.time(timeline.now)
        trace.bytes(frame)
      }
      if (this.options.onEvent) this.event(`${from} > ${to} ${fate} ${frame.length} bytes`)
    })
  }

  /** Something worth a line in the story of a failure, and a word in the trace. */
  event(text: string): void {
    this.options.onEvent?.(text, this.timeline.now)
  }

  /** Declares a node and starts it; `spawn` runs again at every restart. */
  addNode(name: string, spawn: (host: Host) => void): void {
    const { clockOffsetMs, clockDrift } = this.faults
    const random = this.random.split(`clock/${name}`)
    const offset = random.below(2 * clockOffsetMs + 1) - clockOffsetMs
    const rate = 1 + clockDrift * (2 * random.unit() - 1)
    const clock = new SimClock(this.timeline, this.options.wallStartMs + offset, rate)
    this.nodes.set(name, new SimNode(name, spawn, clock, this.timeline))
    this.start(name)
  }

  names(): string[] {
    return [...this.nodes.keys()]
  }

  isUp(name: string): boolean {
    return this.node(name).host !== undefined
  }

  host(name: string): Host | undefined {
    return this.node(name).host
  }

  /** What is on a node's disk now. */
  platter(name: string, disk: string): Platter {
    return this.node(name).platter(disk)
  }

  clock(name: string): SimClock {
    return this.node(name).clock
  }

  disks(name: string): [string, Platter][] {
    return [...this.node(name).disks]
  }

  private node(name: string): SimNode {
    const node = this.nodes.get(name)
    if (!node) throw new Error(`no node ${name}`)
    return node
  }

  start(name: string): void {
    const node = this.node(name)
    if (node.host) return
    node.life++
    this.event(`${name} starts`)
    node.host = new Host(this.hostOptions(node))
    hookSends(node.host, (from, to, message) => this.sent?.(from, to, message) ?? [])
    for (const other of this.nodes.values()) if (other !== node) this.dial(node, other)
    node.spawn(node.host)
  }

  /** Connects two nodes, now or as soon as it can be done. */
  private dial(a: SimNode, b: SimNode): void {
    const pair = [a.name, b.name].sort().join('|')
    if (!a.host || !b.host || this.connections.has(pair)) return
    if (this.network.isBlocked(a.name, b.name) || this.network.isBlocked(b.name, a.name)) {
      this.redial(a, b)
      return
    }
    const ends = this.network.connect(a.name, b.name)
    this.connections.set(pair, ends)
    this.event(`${a.name} and ${b.name} are connected`)
    a.host.attach(b.name, ends[0], { heartbeat: true })
    b.host.attach(a.name, ends[1], { heartbeat: true })
  }

  private redial(a: SimNode, b: SimNode): void {
    this.timeline.after(1 + this.dialing.below(REDIAL_MS), () => this.dial(a, b))
  }

  private broken(from: string, to: string): void {
    this.event(`${from} and ${to} are disconnected`)
    this.connections.delete([from, to].sort().join('|'))
    this.redial(this.node(from), this.node(to))
  }

  /** A connection is lost; it is made again before long. */
  disconnect(a: string, b: string): void {
    const ends = this.connections.get([a, b].sort().join('|'))
    if (ends) this.network.disconnect(ends)
  }

  /** The node is gone at once, with everything that was not on its disks. */
  crash(name: string): void {
    const node = this.node(name)
    if (!node.host) return
    this.options.onCrash?.(node.host)
    const silent = this.crashes.chance(this.faults.network.silentCrash)
    this.event(`${name} crashes${silent ? ' silently' : ''}`)
    node.host = undefined
    node.life++
    for (const [pair, ends] of [...this.connections]) {
      const [first, second] = pair.split('|')
      if (first !== name && second !== name) continue
      this.connections.delete(pair)
      if (silent) this.network.silence(ends, name)
      else this.network.disconnect(ends)
    }
    node.resume()
    for (const platter of node.disks.values()) {
      if (platter.crash(this.crashes)) this.mark('sim-torn-batch')
    }
  }

  /** The node does nothing for a while, as in a long garbage collection. */
  pause(name: string, ms: number): void {
    if (!this.isUp(name)) return
    this.event(`${name} pauses for ${ms} ms`)
    this.node(name).pause(ms)
  }

  /** A bit of one row of a disk changes; the row's checksum will tell. */
  rot(name: string, disk: string): void {
    this.platter(name, disk).rot(this.crashes)
  }

  /** Ends all that is wrong with network, disks and nodes, except for nodes that are left out. */
  heal(except: readonly string[] = []): void {
    this.healed = true
    this.network.heal()
    for (const node of this.nodes.values()) {
      if (except.includes(node.name)) continue
      for (const platter of node.disks.values()) {
        platter.fullUntil = 0
        platter.stalledUntil = 0
      }
      node.resume()
      this.start(node.name)
    }
  }

  runFor(ms: number): void {
    this.timeline.runFor(ms)
  }

  mark(name: string): void {
    this.marks.set(name, (this.marks.get(name) ?? 0) + 1)
  }

  private buggify(mark: string): boolean {
    let enabled = this.buggified.get(mark)
    if (enabled === undefined) {
      enabled = this.random.split(`buggify/${mark}`).chance(BUGGIFY_ENABLED)
      this.buggified.set(mark, enabled)
    }
    const taken = enabled && this.buggifying.chance(this.faults.buggify)
    if (taken) this.mark(`buggify-${mark}`)
    return taken
  }

  private hostOptions(node: SimNode): HostOptions {
    const { timeline, trace } = this
    const { life, clock } = node
    const random = this.random.split(`node/${node.name}/${life}`)
    const disk = random.split('disk')
    const entropy = random.split('entropy')
    const base = random.below(1_000_000)
    const later = (ms: number, run: () => void) => node.later(life, ms, run)
    const at = (kind: string) => this.platter(node.name, this.options.disk(kind))
    return {
      name: node.name,
      place: this.options.place,
      clock: {
        now: () => base + clock.local(),
        wallTime: () => clock.wallTime(),
        after: later,
      },
      entropy: { random: (below) => entropy.below(below) },
      scheduler: (turn) => later(0, turn),
      storeFor: (kind) =>
        new SimDisk({
          platter: at(kind),
          timeline,
          random: disk,
          faults: () => this.faults.disk,
          alive: () => node.life === life,
          trace,
        }),
      tasks: simTasks(this.options.tasks, random.split('tasks'), () => this.faults.tasks, later),
      log: (line) => {
        trace.text(line.event)
        this.options.onLog?.(line, timeline.now)
      },
      reached: (mark) => this.mark(mark),
      buggify: (mark) => this.buggify(mark),
      strict: true,
    }
  }
}
