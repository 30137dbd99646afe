// One named link of a mux. Until the other end has opened the name too, frames are held here up to
// the bound of any link; after that nothing is held: the carrier's own back-pressure counts.

import { LINK_BUFFER_BYTES_MAX } from '../../config/limits.ts'
import { OwnedLink } from '../../runtime/owned-link.ts'
import type { Lane, Link } from '../../runtime/ports.ts'
import { DATA, HEADER_BYTES, writeHeader } from './mux-header.ts'

/** What a channel needs of its mux. */
export interface ChannelCarrier {
  carry(head: Uint8Array, frame: Uint8Array, lane: Lane): boolean
  /** The owner closes; `rest` is what still waits for room, and goes before the end. */
  closed(channel: Channel, why: string, rest: readonly Held[]): void
}

export interface Held {
  readonly frame: Uint8Array
  readonly lane: Lane
}

export class Channel extends OwnedLink implements Link {
  readonly name: string
  /** Stands before each frame that this end sends. */
  readonly number: number
  readonly head = new Uint8Array(HEADER_BYTES)
  /** The other end's number, 0 while not paired. */
  peer = 0
  /** The other end is known to have paired us: it takes our frames. */
  ready = false
  /** Lanes on which the other end has closed. */
  readonly closedLanes = new Set<Lane>()
  private readonly carrier: ChannelCarrier
  private held: Held[] = []
  private heldBytes = 0
  private up = true
  private wantsDrain = false

  constructor(carrier: ChannelCarrier, name: string, number: number) {
    super()
    this.carrier = carrier
    this.name = name
    this.number = number
    writeHeader(this.head, DATA, number)
  }

  send(frame: Uint8Array, lane: Lane): boolean {
    if (!this.up || (this.ready && this.closedLanes.size > 0)) return false
    if (this.ready && this.held.length === 0) {
      const taken = this.carrier.carry(this.head, frame, lane)
      if (!taken) this.wantsDrain = true
      return taken
    }
    if (this.heldBytes > 0 && this.heldBytes + frame.length > LINK_BUFFER_BYTES_MAX) {
      this.wantsDrain = true
      return false
    }
    this.heldBytes += frame.length
    this.held.push({ frame: new Uint8Array(frame), lane })
    return true
  }

  close(why = 'closed'): void {
    if (!this.up) return
    this.sendHeld()
    this.carrier.closed(this, why, this.ready ? this.held : [])
  }

  /** The carrier has room, or the other end is there: what waits goes, then the owner may write. */
  flush(): void {
    this.sendHeld()
    if (!this.ready || this.held.length > 0 || !this.wantsDrain) return
    this.wantsDrain = false
    this.drained()
  }

  private sendHeld(): void {
    if (!this.ready) return
    let sent = 0
    for (const { frame, lane } of this.held) {
      if (!this.carrier.carry(this.head, frame, lane)) break
      this.heldBytes -= frame.length
      sent++
    }
    this.held.splice(0, sent)
  }

  /** Down for good; tells the owner later, never at once. */
  finish(why: string): void {
    if (!this.up) return
    this.up = false
    this.held = []
    setImmediate(() => this.down(why))
  }
}
