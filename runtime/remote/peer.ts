// The link to one other host: greets it, packs and sends what is for it, parks who writes too much,
// listens for its heart, and says once when it is gone. What arrives is read in receive-frame.ts.

import {
  FRAME_BYTES_FULL,
  HEARTBEAT_MS,
  LINK_CONFIRM_MS,
  LINK_PROBE_MS,
  LINK_PROBE_MS_MAX,
  LINK_WINDOW_BYTES,
  LINK_WINDOW_MESSAGES,
} from '../../config/limits.ts'
import { Writer } from '../../lib/msgpack/writer.ts'
import type { Cell } from '../cell.ts'
import type { Host } from '../host.ts'
import type { Lane, Link } from '../ports.ts'
import type { Ref } from '../ref.ts'
import {
  CREDIT,
  FAILED,
  HEAD_BYTES,
  KIND_MAX,
  LANES,
  PING,
  STOPPED,
  TEXT_MAX,
  WATCH,
} from './frame.ts'
import { Heartbeat } from './heartbeat.ts'
import { type Hello, writeHello } from './hello.ts'
import { Inbox } from './inbox.ts'
import { LinkRow } from './link-row.ts'
import { Outbox } from './outbox.ts'
import type { LaneView, PeerState, PeerView } from './peer-view.ts'
import { Watches } from './watches.ts'

export interface PeerOptions {
  /** Ping regularly, and take a long silence for the peer's end. */
  readonly heartbeat?: boolean
}

export interface PeerEvents {
  readonly receive: (peer: Peer, frame: Uint8Array, lane: Lane) => void
  readonly down: (peer: Peer, why: string) => void
}

/** The link's own words that found no room; beyond this they are dropped, and repeated later. */
const SERVICE_BYTES_MAX = 4 * FRAME_BYTES_FULL
/** How old the figures in the counters may be while somebody reads. */
const RECORD_MS = 250
/** Weight of the newest round trip (RFC 6298). */
const ROUND_TRIP_GAIN = 1 / 8

export class Peer {
  readonly name: string
  readonly out: Record<Lane, Outbox>
  readonly in: Record<Lane, Inbox> = { control: new Inbox(), data: new Inbox() }
  readonly watches = new Watches()
  readonly parked = new Set<Cell>()
  /** The other host's greeting, once it was heard. */
  hello: Hello | undefined
  /** The other host has heard ours. */
  confirmed = false
  closed = false
  messagesIn = 0
  /** Messages that the other host sent and that never came: lost, late, or in a broken frame. */
  lostIn = 0
  dropped = 0
  private readonly host: Host
  private readonly link: Link
  private readonly events: PeerEvents
  private readonly nonce: number
  private readonly heart: Heartbeat | undefined
  private readonly row: LinkRow
  private readonly service = new Writer(256)
  private readonly cancels = new Map<string, () => void>()
  private flushing = false
  private probeMs = LINK_PROBE_MS
  private roundTripMs: number | undefined
  private framesIn = 0
  private framesOut = 0
  private bytesIn = 0
  private bytesOut = 0

  constructor(
    host: Host,
    name: string,
    link: Link,
    nonce: number,
    { heartbeat }: PeerOptions,
    events: PeerEvents,
  ) {
    this.host = host
    this.name = name
    this.link = link
    this.nonce = nonce
    this.events = events
    this.row = new LinkRow(host.counters, name)
    this.service.at = HEAD_BYTES
    const emit = (frame: Uint8Array, lane: Lane) => this.emit(frame, lane)
    this.out = { control: new Outbox('control', emit), data: new Outbox('data', emit) }
    if (heartbeat) this.heart = new Heartbeat(host.options.clock.now())
    link.onFrame((frame, lane) => this.receive(frame, lane))
    link.onDrain(() => this.flush())
    link.onDown((why) => this.down(why))
    this.greet()
    this.tendLater()
    this.beatLater()
  }

  get greeted(): boolean {
    return this.hello !== undefined && this.confirmed
  }

  get state(): PeerState {
    if (!this.greeted) return 'greeting'
    return this.heart?.verdict === 'suspect' ? 'suspect' : 'up'
  }

  /** Runs once, later, in place of the same-named one that waits. */
  private later(name: string, ms: number, run: () => void): void {
    if (this.closed || this.cancels.has(name)) return
    const cancel = this.host.options.clock.after(ms, () => {
      this.cancels.delete(name)
      if (!this.closed) run()
    })
    this.cancels.set(name, cancel)
  }

  private emit(frame: Uint8Array, lane: Lane): boolean {
    if (!this.link.send(frame, lane)) return false
    this.framesOut++
    this.bytesOut += frame.length
    return true
  }

  private greet(): void {
    const { host } = this
    const own = host.options.vocabularies ?? host.vocabularies.values()
    const frame = writeHello({
      host: host.name,
      nonce: this.nonce,
      heard: this.hello !== undefined,
      confirmed: this.confirmed,
      windowMessages: LINK_WINDOW_MESSAGES,
      windowBytes: LINK_WINDOW_BYTES,
      vocabularies: [...own].map(({ kind, version }) => ({ kind, version })),
    })
    this.emit(frame, 'control')
  }

  /** The other host says who it is; it hears from us until it knows that we know. */
  greetedBy(hello: Hello): void {
    const before = this.greeted
    this.hello ??= hello
    if (hello.heard) this.confirmed = true
    if (!hello.confirmed) this.greet()
    if (!before && this.greeted) this.opened(this.hello)
  }

  /** The other host has heard us: it sends what it sends to nobody else. */
  confirm(): void {
    if (this.confirmed || !this.hello) return
    this.confirmed = true
    this.opened(this.hello)
  }

  /** Both sides know of each other: what waits may leave. */
  private opened(hello: Hello): void {
    const versions = new Map(hello.vocabularies.map(({ kind, version }) => [kind, version]))
    for (const lane of LANES) {
      const out = this.out[lane]
      out.targets.learn(versions)
      out.begin(hello.windowMessages, hello.windowBytes)
    }
    this.ping()
    this.record()
  }

  /** The link's own words: outside all credit, sent before anything else. */
  say(write: (writer: Writer) => void): void {
    if (this.service.at < SERVICE_BYTES_MAX) write(this.service)
    this.flushSoon()
  }

  ping(): void {
    this.say((writer) => {
      writer.u8(PING)
      writer.f64(this.host.options.clock.now())
    })
  }

  pong(stamp: number): void {
    const ms = Math.max(0, this.host.options.clock.now() - stamp)
    const old = this.roundTripMs
    this.roundTripMs = old === undefined ? ms : old + ROUND_TRIP_GAIN * (ms - old)
  }

  /** At the end of this turn: all that was written in it leaves together. */
  flushSoon(): void {
    if (this.flushing) return
    this.flushing = true
    this.host.options.scheduler(() => {
      this.flushing = false
      if (!this.closed) this.flush()
    })
  }

  flush(): void {
    if (this.closed) return
    if (this.greeted) {
      for (const lane of LANES) if (this.in[lane].creditDue) this.sayCredit(lane)
      if (this.service.at > HEAD_BYTES && this.out.control.sendUncounted(this.service)) {
        this.service.at = HEAD_BYTES
      }
      for (const lane of LANES) this.out[lane].flush()
    }
    if (this.needsTending) this.tendLater()
    const { clock } = this.host.options
    if (this.host.counters.isRead(clock.now())) this.later('record', RECORD_MS, () => this.record())
  }

  private sayCredit(lane: Lane): void {
    const { taken, messages, bytes } = this.in[lane].grant()
    const { service } = this
    service.u8(CREDIT)
    service.u8(LANES.indexOf(lane))
    for (const count of [taken, messages, bytes]) service.uint(count)
  }

  /** The receiver opened the lane further. */
  credited(lane: Lane, taken: number, messages: number, bytes: number): void {
    this.out[lane].credit(taken, messages, bytes)
    this.flush()
    if (LANES.some((one) => this.out[one].starved)) return
    for (const cell of this.parked) this.host.unpark(cell, this.name)
    this.parked.clear()
  }

  /** After a message was put in: its writer waits when there was no room for it. */
  parkIfStarved(lane: Lane, writer: Cell | undefined): void {
    if (!writer || !this.out[lane].starved || this.parked.has(writer)) return
    this.parked.add(writer)
    this.host.park(writer, this.name)
  }

  private receive(frame: Uint8Array, lane: Lane): void {
    if (this.closed) return
    this.framesIn++
    this.bytesIn += frame.length
    this.probeMs = LINK_PROBE_MS
    this.events.receive(this, frame, lane)
    if (this.closed) return
    const inbox = this.in[lane]
    if (inbox.low) inbox.creditDue = true
    if (inbox.creditDue) this.flushSoon()
    else if (inbox.unconfirmed) this.later('confirm', LINK_CONFIRM_MS, () => this.confirmTaken())
  }

  /** A frame or greeting that was in order. */
  heard(): void {
    this.heart?.heard(this.host.options.clock.now())
  }

  /** Tells what was taken in, when too little came to open the window again. */
  private confirmTaken(): void {
    for (const lane of LANES) if (this.in[lane].unconfirmed) this.in[lane].creditDue = true
    this.flush()
  }

  private get needsTending(): boolean {
    return !this.greeted || this.watches.hasUnheard || LANES.some((lane) => this.out[lane].waiting)
  }

  /** Says again what the other side has not confirmed, less and less often. */
  private tendLater(): void {
    this.later('tend', this.probeMs, () => {
      if (!this.needsTending) return
      this.probeMs = Math.min(2 * this.probeMs, LINK_PROBE_MS_MAX)
      if (!this.greeted) this.greet()
      else {
        this.sayWatches()
        for (const lane of LANES) if (this.out[lane].waiting) this.probe(lane)
      }
      this.tendLater()
    })
  }

  /** An empty frame: its head tells what was sent, and its answer is credit. */
  private probe(lane: Lane): void {
    const empty = new Writer(HEAD_BYTES)
    empty.at = HEAD_BYTES
    this.out[lane].sendUncounted(empty)
  }

  sayWatches(): void {
    const { watches, ends } = this.watches.unheard
    for (const { target, number } of watches) this.sayTarget(WATCH, target, number)
    for (const { target, number, why } of ends) {
      this.sayTarget(why === 'failed' ? FAILED : STOPPED, target, number)
    }
  }

  sayTarget(form: number, { kind, key }: Ref, number: number): void {
    this.say((writer) => {
      writer.u8(form)
      writer.text(kind, KIND_MAX)
      writer.text(key, TEXT_MAX)
      writer.uint(number)
    })
  }

  private beatLater(): void {
    const { heart, host } = this
    if (!heart) return
    this.later('beat', HEARTBEAT_MS, () => {
      const before = heart.verdict
      const dead = heart.check(host.options.clock.now(), this.greeted)
      if (dead) {
        this.down(dead)
        return
      }
      if (heart.verdict === 'suspect' && before === 'up') {
        host.log('warn', undefined, 'peer suspect', { peer: this.name })
      }
      if (this.greeted) this.ping()
      this.beatLater()
    })
  }

  down(why: string): void {
    if (this.closed) return
    this.closed = true
    for (const cancel of this.cancels.values()) cancel()
    this.cancels.clear()
    this.link.close(why)
    for (const cell of this.parked) this.host.unpark(cell, this.name)
    this.parked.clear()
    this.row.down(this.view())
    this.events.down(this, why)
  }

  private record(): void {
    this.row.record(this.view())
  }

  view(rubbish = 0): PeerView {
    const lane = (out: Outbox): LaneView => ({
      creditMessages: out.creditMessages,
      creditBytes: out.creditBytes,
      queuedMessages: out.queuedMessages,
      queuedBytes: out.queuedBytes,
    })
    const messagesOut = LANES.reduce((sum, one) => sum + this.out[one].sentMessages, 0)
    const lanes = { control: lane(this.out.control), data: lane(this.out.data) }
    return {
      name: this.name,
      state: this.state,
      lanes,
      roundTripMs: this.roundTripMs,
      parked: this.parked.size,
      framesIn: this.framesIn,
      framesOut: this.framesOut,
      messagesIn: this.messagesIn,
      messagesOut,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      lostIn: this.lostIn,
      dropped: this.dropped,
      rubbish,
    }
  }
}
