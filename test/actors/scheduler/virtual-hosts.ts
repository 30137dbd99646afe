// Several hosts under one virtual clock, with links between all of them, that can be killed and
// started again on what their disks had synced. Small on purpose: it tests one actor at a time.
import type { Hex } from '../../../lib/hex.ts'
import { Host } from '../../../runtime/host.ts'
import type { Lane, Link } from '../../../runtime/ports.ts'
import type { Put, Store } from '../../../runtime/store.ts'
import { MemoryStore } from '../../../storage/memory/memory-store.ts'

interface Event {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

class VirtualLink implements Link {
  peer: VirtualLink | undefined
  receive: (frame: Uint8Array, lane: Lane) => void = () => {}
  down: (why: string) => void = () => {}
  private lastAt = 0
  private readonly world: VirtualHosts
  constructor(world: VirtualHosts) {
    this.world = world
  }
  send(frame: Uint8Array, lane: Lane): boolean {
    const { peer } = this
    if (peer === undefined) return false
    const copy = frame.slice()
    // In order: a link does not let frames overtake each other.
    this.lastAt = Math.max(this.lastAt, this.world.now + 1 + this.world.random(3))
    this.world.after(this.lastAt - this.world.now, () => {
      if (this.peer === peer) peer.receive(copy, lane)
    })
    return true
  }
  onFrame(receive: (frame: Uint8Array, lane: Lane) => void): void {
    this.receive = receive
  }
  onDrain(): void {}
  onDown(down: (why: string) => void): void {
    this.down = down
  }
  close(why = 'closed'): void {
    const { peer } = this
    if (peer === undefined) return
    this.peer = undefined
    peer.peer = undefined
    this.down(why)
    peer.down(why)
  }
}

interface Running {
  readonly host: Host
  alive: boolean
  readonly links: VirtualLink[]
}

export class VirtualHosts {
  now = 0
  readonly wallStart = 1_700_000_000_000
  readonly marks = new Set<string>()
  readonly lines: string[] = []
  readonly errors: string[] = []
  private readonly events: Event[] = []
  private order = 0
  private seed: number
  private readonly running = new Map<string, Running>()
  private readonly disks = new Map<string, MemoryStore>()
  private readonly place: (kind: string, key: string) => string

  constructor(seed: number, place: (kind: string, key: string) => string) {
    this.seed = seed
    this.place = place
  }

  /** xorshift32: good enough to shake things up, the same for every run. */
  random(below: number): number {
    this.seed ^= this.seed << 13
    this.seed ^= this.seed >>> 17
    this.seed ^= this.seed << 5
    return (this.seed >>> 0) % below
  }

  wallTime(): number {
    return this.wallStart + Math.floor(this.now)
  }

  after(ms: number, run: () => void): () => void {
    const event = { at: this.now + Math.max(0, ms), order: this.order++, run }
    let at = this.events.findIndex((other) => other.at > event.at)
    if (at < 0) at = this.events.length
    this.events.splice(at, 0, event)
    return () => {
      const index = this.events.indexOf(event)
      if (index >= 0) this.events.splice(index, 1)
    }
  }

  /** Runs until `done` or until `ms` have passed; true if done. */
  runUntil(done: () => boolean, ms: number): boolean {
    const end = this.now + ms
    while (!done()) {
      const event = this.events[0]
      if (event === undefined || event.at > end) {
        this.now = end
        return done()
      }
      this.events.shift()
      this.now = event.at
      event.run()
    }
    return true
  }

  run(ms: number): void {
    this.runUntil(() => false, ms)
  }

  start(name: string): Host {
    const state = { alive: true }
    const alive = (run: () => void) => () => {
      if (state.alive) run()
    }
    const disk = this.disks.get(name) ?? new MemoryStore()
    this.disks.set(name, disk)
    const store: Store = {
      get: (table, key) => disk.get(table, key),
      range: (table, options) => disk.range(table, options),
      usedBytes: () => disk.usedBytes(),
      commit: (puts: readonly Put[], done) => {
        this.after(
          1 + this.random(4),
          alive(() => {
            disk.apply(puts)
            done()
          }),
        )
      },
    }
    const host = new Host({
      name,
      place: this.place,
      clock: {
        now: () => this.now,
        wallTime: () => this.wallTime(),
        after: (ms, run) => this.after(ms, alive(run)),
      },
      entropy: { random: (below) => this.random(below) },
      scheduler: (turn) => void this.after(0, alive(turn)),
      storeFor: () => store,
      tasks: {
        start: () => {
          throw new Error('no tasks here')
        },
      },
      log: (line) => {
        this.lines.push(
          `${Math.floor(this.now)} ${name} ${line.event} ${JSON.stringify(line.fields)}`,
        )
        if (line.level === 'error') this.errors.push(this.lines.at(-1) as string)
      },
      reached: (mark) => void this.marks.add(mark),
      strict: true,
    })
    const started: Running = Object.assign(state, { host, links: [] })
    for (const [other, peer] of this.running) {
      const [a, b] = [new VirtualLink(this), new VirtualLink(this)]
      a.peer = b
      b.peer = a
      host.attach(other, a)
      peer.host.attach(name, b)
      started.links.push(a)
      peer.links.push(b)
    }
    this.running.set(name, started)
    return host
  }

  isAlive(name: string): boolean {
    return this.running.has(name)
  }

  /** Power off: what was not synced is gone. */
  kill(name: string): void {
    const running = this.running.get(name)
    if (running === undefined) return
    running.alive = false
    this.running.delete(name)
    for (const link of running.links) link.close()
  }
}

export type { Hex }
