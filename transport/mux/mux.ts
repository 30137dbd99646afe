// Many named links over one carrier. Both ends open the same name; each chooses its own number for
// it, and a channel carries frames once both know both numbers. Its end may be opened again under
// the same name after a close, so a replaced thread gets a fresh link. Rubbish is counted, and too
// much of it ends the carrier.
//
// OPEN and PAIRED go on the control lane. CLOSE goes on each lane that carried frames, behind them,
// and takes effect at the other end when all have arrived: what was sent before a close arrives.

import { MUX_BAD_FRAMES_MAX, MUX_CHANNELS_MAX } from '../../config/limits.ts'
import { assert } from '../../lib/assert.ts'
import { concatBytes, EMPTY, utf8 } from '../../lib/bytes.ts'
import type { Lane, Link } from '../../runtime/ports.ts'
import type { Carrier } from '../carrier.ts'
import { Channel, type ChannelCarrier, type Held } from './channel.ts'
import {
  CLOSE,
  closeFrame,
  DATA,
  HEADER_BYTES,
  NAME_BYTES_MAX,
  NUMBER_MAX,
  OPEN,
  openFrame,
  PAIRED,
  pairedFrame,
  readClose,
  readNumber,
  readOpen,
} from './mux-header.ts'

interface OwnFrame {
  readonly frame: Uint8Array
  readonly lane: Lane
}

export class Mux implements ChannelCarrier {
  private readonly carrier: Carrier
  private readonly byName = new Map<string, Channel>()
  private readonly byPeer = new Map<number, Channel>()
  /** Names that the other end has opened and we have not, with its number. */
  private readonly offered = new Map<string, number>()
  /** Our own frames that the carrier had no room for, each lane in order. */
  private waiting: OwnFrame[] = []
  private lastNumber = 0
  private lastPeerNumber = 0
  private down: string | undefined
  private offer: (name: string) => void = () => {}
  /** Frames that break the protocol. */
  badFrames = 0

  constructor(carrier: Carrier) {
    this.carrier = carrier
    carrier.onFrame((frame, lane) => this.receive(frame, lane))
    carrier.onDrain(() => this.drained())
    carrier.onDown((why) => this.carrierDown(why))
  }

  /** This end of the link `name`. An end of that name that is still open is closed first. */
  open(name: string): Link {
    assert(utf8(name).length <= NAME_BYTES_MAX, `a channel's name is too long: ${name}`)
    this.byName.get(name)?.close('opened again')
    const channel = new Channel(this, name, ++this.lastNumber)
    if (this.down !== undefined) {
      channel.finish(this.down)
      return channel
    }
    assert(this.byName.size < MUX_CHANNELS_MAX, 'too many channels on one carrier')
    assert(channel.number <= NUMBER_MAX, 'the numbers of a carrier are used up')
    this.byName.set(name, channel)
    const offered = this.offered.get(name) ?? 0
    this.offered.delete(name)
    this.write(openFrame(channel.number, offered, name), 'control')
    // The other end learns of the pair from our OPEN. Frames on the data lane could overtake that,
    // so this end waits for PAIRED.
    if (offered !== 0) this.pair(channel, offered)
    return channel
  }

  /** Calls when the other end opens a name that is closed here, or closing. */
  onOffer(offer: (name: string) => void): void {
    this.offer = offer
  }

  /** The other end waits for this one to open the name. */
  isOffered(name: string): boolean {
    return this.offered.has(name)
  }

  close(why = 'closed'): void {
    this.carrier.close(why)
  }

  carry(head: Uint8Array, frame: Uint8Array, lane: Lane): boolean {
    // A CLOSE of this lane may wait: nothing of the same lane overtakes it.
    if (this.waiting.length > 0 || this.down !== undefined) return false
    return this.sendOn(head, frame, lane)
  }

  closed(channel: Channel, why: string, rest: readonly Held[] = []): void {
    this.forget(channel)
    for (const { frame, lane } of rest) this.write(concatBytes(channel.head, frame), lane)
    const frame = closeFrame(channel.number, !channel.ready, why)
    this.write(frame, 'control')
    if (channel.ready) this.write(frame, 'data')
    channel.finish(why)
  }

  private sendOn(head: Uint8Array, frame: Uint8Array, lane: Lane): boolean {
    const { carrier } = this
    if (carrier.sendWith) return carrier.sendWith(head, frame, lane)
    return carrier.send(concatBytes(head, frame), lane)
  }

  private write(frame: Uint8Array, lane: Lane): void {
    if (this.down !== undefined) return
    if (this.waiting.length === 0 && this.sendOn(frame, EMPTY, lane)) return
    this.waiting.push({ frame, lane })
  }

  private drained(): void {
    let sent = 0
    for (const { frame, lane } of this.waiting) {
      if (!this.sendOn(frame, EMPTY, lane)) break
      sent++
    }
    this.waiting.splice(0, sent)
    if (this.waiting.length > 0) return
    // Whoever was served first last time goes last this time.
    const [first] = this.byName
    if (first) {
      this.byName.delete(first[0])
      this.byName.set(...first)
    }
    for (const channel of [...this.byName.values()]) channel.flush()
  }

  private carrierDown(why: string): void {
    if (this.down !== undefined) return
    this.down = why
    for (const channel of this.byName.values()) channel.finish(why)
    this.byName.clear()
    this.byPeer.clear()
    this.offered.clear()
    this.waiting = []
  }

  private forget(channel: Channel): void {
    if (this.byName.get(channel.name) === channel) this.byName.delete(channel.name)
    if (channel.peer !== 0) this.byPeer.delete(channel.peer)
  }

  private pair(channel: Channel, peer: number): void {
    channel.peer = peer
    this.byPeer.set(peer, channel)
  }

  private bad(what: string): void {
    this.badFrames++
    if (this.badFrames < MUX_BAD_FRAMES_MAX) return
    const why = `rubbish from the peer: ${what}`
    if (this.carrier.quarantine) this.carrier.quarantine(why)
    else this.carrier.close(why)
  }

  private receive(frame: Uint8Array, lane: Lane): void {
    if (this.down !== undefined) return
    const complaint = this.take(frame, lane)
    if (complaint !== undefined) this.bad(complaint)
  }

  /** What is wrong with the frame, if anything is. */
  private take(frame: Uint8Array, lane: Lane): string | undefined {
    if (frame.length < HEADER_BYTES) return 'a frame without header'
    const number = readNumber(frame, 1)
    if (frame[0] === DATA) return this.receiveData(number, frame, lane)
    if (frame[0] === CLOSE) return this.receiveClose(number, frame, lane)
    if (lane !== 'control') return 'a frame on the wrong lane'
    if (frame[0] === OPEN) return this.receiveOpen(number, frame)
    if (frame[0] === PAIRED) return this.receivePaired(number, frame)
    return 'a frame of unknown kind'
  }

  private receiveData(number: number, frame: Uint8Array, lane: Lane): string | undefined {
    const channel = this.byPeer.get(number)
    if (channel) {
      if (channel.closedLanes.has(lane)) return 'data behind a close'
      channel.receive(frame.subarray(HEADER_BYTES), lane)
      return undefined
    }
    // What was under way when this end closed is no fault.
    return this.wasOpen(number) ? undefined : 'data for an unknown channel'
  }

  /** True for a number that the other end has opened and that is neither paired nor on offer. */
  private wasOpen(number: number): boolean {
    if (number === 0 || number > this.lastPeerNumber) return false
    for (const offered of this.offered.values()) if (offered === number) return false
    return true
  }

  private receiveOpen(number: number, frame: Uint8Array): string | undefined {
    const open = readOpen(frame)
    if (!open) return 'an OPEN that is none'
    if (number <= this.lastPeerNumber) return 'an OPEN of a used number'
    if (this.offered.has(open.name)) return 'an OPEN of an open name'
    if (this.offered.size >= MUX_CHANNELS_MAX) return 'too many channels offered'
    this.lastPeerNumber = number
    const channel = this.byName.get(open.name)
    if (channel?.peer !== 0) {
      // Not open here, or paired with an earlier one whose CLOSE is under way on the data lane.
      this.offered.set(open.name, number)
      this.offer(open.name)
      return undefined
    }
    this.pair(channel, number)
    this.write(pairedFrame(channel.number, number), 'control')
    // Otherwise it answers nothing, or an end of ours that is closed by now, and will say PAIRED.
    if (open.answers === channel.number) this.ready(channel)
    return undefined
  }

  private receivePaired(number: number, frame: Uint8Array): string | undefined {
    if (frame.length !== HEADER_BYTES + 3) return 'a PAIRED that is none'
    if (number === 0 || number > this.lastPeerNumber) return 'PAIRED of no channel'
    const channel = this.byPeer.get(number)
    // Else this end was closed meanwhile.
    if (channel?.number === readNumber(frame, HEADER_BYTES)) this.ready(channel)
    return undefined
  }

  private ready(channel: Channel): void {
    if (channel.ready) return
    channel.ready = true
    channel.flush()
  }

  private receiveClose(number: number, frame: Uint8Array, lane: Lane): string | undefined {
    const close = readClose(frame)
    if (!close) return 'a CLOSE that is none'
    if (number === 0 || number > this.lastPeerNumber) return 'a CLOSE of an unknown channel'
    for (const [name, offered] of this.offered) if (offered === number) this.offered.delete(name)
    const channel = this.byPeer.get(number)
    if (!channel) return undefined
    if (!channel.ready) {
      // A ready end would have said PAIRED before: nothing was carried, ours waits for the next.
      this.byPeer.delete(number)
      channel.peer = 0
      return undefined
    }
    channel.closedLanes.add(lane)
    if (close.alone || channel.closedLanes.size === 2) this.closed(channel, close.why)
    return undefined
  }
}
