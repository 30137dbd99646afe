// A simulated world: hosts on virtual time, one seed, every source of chance derived from it. It
// knows nothing of what its actors are for.

import { type Prng, prng } from '../../lib/prng.ts'
import { Host } from '../host.ts'
import type { Link, LogLine } from '../ports.ts'
import type { TaskRunner } from '../task.ts'
import type { Faults } from './faults.ts'
import { Network } from './network.ts'
import { Platter, SimDisk } from './sim-disk.ts'
import { Timeline } from './timeline.ts'

export type SimTask = (input: never, random: Prng) => unknown

export interface WorldOptions {
  readonly seed: string
  readonly faults: Faults
  readonly place: (kind: string, key: string) => string
  /** Which of a node's disks an actor uses. */
  readonly disk: (kind: string) => string
  readonly tasks: Readonly<Record<string, SimTask>>
  readonly wallStartMs: number
  readonly onLog?: (line: LogLine, atMs: number) => void
}

interface SimNode {
  readonly name: string
  readonly spawn: (host: Host) => void
  readonly disks: Map<string, Platter>
  readonly clockOffsetMs: number
  /** Counts starts: callbacks of an earlier life are dropped. */
  life: number
  host: Host | undefined
  pausedUntil: number
}

export class World {
  readonly timeline: Timeline
  readonly network: Network
  readonly random: Prng
  readonly marks = new Map<string, number>()
  faults: Faults
  private readonly options: WorldOptions
  private readonly nodes = new Map<string, SimNode>()
  private readonly connections = new Map<string, [Link, Link]>()

  constructor(options: WorldOptions) {
    this.options = options
    this.faults = options.faults
    this.random = prng(options.seed)
    this.timeline = new Timeline(this.random)
    this.network = new Network(this.timeline, this.random, options.faults.network)
  }

  /** Declares a node and starts it; `spawn` runs again at every restart. */
  addNode(name: string, spawn: (host: Host) => void): void {
    const { clockOffsetMs } = this.faults
    const offset = this.random.split(`clock/${name}`).below(2 * clockOffsetMs + 1) - clockOffsetMs
    const node: SimNode = {
      name,
      spawn,
      disks: new Map(),
      clockOffsetMs: offset,
      life: 0,
      host: undefined,
      pausedUntil: 0,
    }
    this.nodes.set(name, node)
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
    const { disks } = this.node(name)
    let platter = disks.get(disk)
    if (!platter) {
      platter = new Platter()
      disks.set(disk, platter)
    }
    return platter
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
    const host = new Host(this.hostOptions(node))
    node.host = host
    for (const other of this.nodes.values())
      if (other.host && other !== node) this.link(node, other)
    node.spawn(host)
  }

  private link(a: SimNode, b: SimNode): void {
    const ends = this.network.connect(a.name, b.name)
    a.host?.attach(b.name, ends[0])
    b.host?.attach(a.name, ends[1])
    this.connections.set([a.name, b.name].sort().join('|'), ends)
  }

  /** The node is gone at once, with everything that was not on its disk. */
  crash(name: string): void {
    const node = this.node(name)
    if (!node.host) return
    node.host = undefined
    node.life++
    for (const [pair, ends] of this.connections) {
      if (!pair.split('|').includes(name)) continue
      this.connections.delete(pair)
      this.network.disconnect(ends)
    }
  }

  /** The node does nothing for a while, as in a long garbage collection. */
  pause(name: string, ms: number): void {
    this.node(name).pausedUntil = this.timeline.now + ms
  }

  runFor(ms: number): void {
    this.timeline.runFor(ms)
  }

  private hostOptions(node: SimNode): ConstructorParameters<typeof Host>[0] {
    const { timeline } = this
    const { life } = node
    const alive = () => node.life === life
    const random = this.random.split(`node/${node.name}/${life}`)
    /** Runs in this life only, and not while the node is paused. */
    const later = (ms: number, run: () => void): (() => void) => {
      let cancelled = false
      const attempt = () => {
        if (cancelled || !alive()) return
        const pause = node.pausedUntil - timeline.now
        if (pause > 0) timeline.after(pause, attempt)
        else run()
      }
      timeline.after(ms, attempt)
      return () => {
        cancelled = true
      }
    }
    return {
      name: node.name,
      place: this.options.place,
      clock: {
        now: () => timeline.now,
        wallTime: () => Math.floor(this.options.wallStartMs + timeline.now + node.clockOffsetMs),
        after: later,
      },
      entropy: { random: (below) => random.below(below) },
      scheduler: (turn) => later(0, turn),
      storeFor: (kind) =>
        new SimDisk(
          this.platter(node.name, this.options.disk(kind)),
          timeline,
          random,
          () => this.faults.disk,
          alive,
        ),
      tasks: this.tasks(random, later),
      log: (line) => this.options.onLog?.(line, timeline.now),
      reached: (mark) => this.marks.set(mark, (this.marks.get(mark) ?? 0) + 1),
      strict: true,
    }
  }

  private tasks(random: Prng, later: (ms: number, run: () => void) => () => void): TaskRunner {
    return {
      start: (name, input, on) => {
        const { taskMinMs, taskTailMs } = this.faults
        return later(taskMinMs + random.unit() * taskTailMs, () => {
          const run = this.options.tasks[name]
          if (!run) on.failed('rejected', `no task ${name}`)
          else on.ok(run(input as never, random))
        })
      },
    }
  }
}
