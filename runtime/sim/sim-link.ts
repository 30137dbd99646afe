// One end of a simulated connection: what was sent waits here until the wire is free, control
// before data, in a bounded buffer as in a socket.

import { OwnedLink } from '../owned-link.ts'
import type { Lane, Link } from '../ports.ts'

export interface Waiting {
  readonly frame: Uint8Array
  readonly lane: Lane
}

/** What an end needs from its network. */
export interface Wire {
  readonly capacityBytes: number
  offer(end: SimLink, frame: Uint8Array, lane: Lane): void
  close(end: SimLink, why: string): void
}

export class SimLink extends OwnedLink implements Link {
  readonly from: string
  readonly to: string
  private readonly wire: Wire
  other!: SimLink
  open = true
  /** A frame was refused since the buffer last drained. */
  refused = false
  queuedBytes = 0
  /** When the wire has carried away what left so far. */
  freeAt = 0
  pumping = false
  readonly lastArrival = { control: 0, data: 0 }
  private readonly control: Waiting[] = []
  private readonly data: Waiting[] = []

  constructor(wire: Wire, from: string, to: string) {
    super()
    this.wire = wire
    this.from = from
    this.to = to
  }

  send(frame: Uint8Array, lane: Lane): boolean {
    if (!this.open) return false
    if (this.queuedBytes > 0 && this.queuedBytes + frame.length > this.wire.capacityBytes) {
      this.refused = true
      return false
    }
    this.wire.offer(this, frame.slice(), lane)
    return true
  }

  close(why = 'closed'): void {
    this.wire.close(this, why)
  }

  push(waiting: Waiting): void {
    this.queuedBytes += waiting.frame.length
    if (waiting.lane === 'control') this.control.push(waiting)
    else this.data.push(waiting)
  }

  shift(): Waiting | undefined {
    const waiting = this.control.shift() ?? this.data.shift()
    if (waiting) this.queuedBytes -= waiting.frame.length
    return waiting
  }
}
