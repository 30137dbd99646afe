// A connection between two processes as a carrier link: one libp2p stream for each lane, so that a
// full data lane never holds up what is urgent. Rubbish ends it, and its sender is reported.

import type { Connection, Stream, StreamMessageEvent } from '@libp2p/interface'
import { TRUNK_STOP_MS } from '../../config/limits.ts'
import { EMPTY } from '../../lib/bytes.ts'
import { OwnedLink } from '../../runtime/owned-link.ts'
import type { Lane } from '../../runtime/ports.ts'
import type { Carrier } from '../carrier.ts'
import { FrameReader } from './frame-reader.ts'
import { FrameWriter } from './frame-writer.ts'

const LANES: readonly Lane[] = ['control', 'data']

export type LaneStreams = Readonly<Record<Lane, Stream>>

export interface TrunkEvents {
  /** The peer broke the protocol. */
  rubbish(why: string): void
  down(why: string): void
}

function pieces(data: StreamMessageEvent['data']): Iterable<Uint8Array> {
  return data instanceof Uint8Array ? [data] : data
}

export class Trunk extends OwnedLink implements Carrier {
  private readonly connection: Connection
  private readonly streams: LaneStreams
  private readonly events: TrunkEvents
  private readonly writers: Record<Lane, FrameWriter>
  private up = true

  constructor(connection: Connection, streams: LaneStreams, events: TrunkEvents) {
    super()
    this.connection = connection
    this.streams = streams
    this.events = events
    this.writers = { control: this.writer('control'), data: this.writer('data') }
    connection.addEventListener('close', () => this.lost('the connection is closed'))
    for (const lane of LANES) {
      streams[lane].addEventListener('close', () => this.lost('the connection is lost'))
      streams[lane].addEventListener('remoteCloseWrite', () => this.lost('closed by the peer'))
    }
  }

  /** Begins to read; what came before waits in the streams. */
  start(): void {
    for (const lane of LANES) {
      const stream = this.streams[lane]
      const reader = new FrameReader((frame) => {
        if (this.up) this.receive(frame, lane)
      })
      stream.addEventListener('message', ({ data }) => {
        for (const piece of pieces(data)) {
          if (!this.up) return
          if (!reader.read(piece)) this.quarantine('a frame over the maximum')
        }
      })
      stream.addEventListener('drain', () => this.writers[lane].resume())
      if (stream.status !== 'open') this.lost('the connection was lost at once')
    }
  }

  send(frame: Uint8Array, lane: Lane): boolean {
    return this.up && this.writers[lane].write(EMPTY, frame)
  }

  sendWith(head: Uint8Array, frame: Uint8Array, lane: Lane): boolean {
    return this.up && this.writers[lane].write(head, frame)
  }

  /** What was taken is still sent, for at most TRUNK_STOP_MS. */
  close(why = 'closed'): void {
    if (!this.up) return
    for (const lane of LANES) this.writers[lane].flush()
    this.finish(why)
    const signal = AbortSignal.timeout(TRUNK_STOP_MS)
    this.connection.close({ signal }).catch((error: Error) => this.connection.abort(error))
  }

  quarantine(why: string): void {
    if (!this.up) return
    this.events.rubbish(why)
    this.abort(why)
  }

  /** Ends it at once, without waiting for anything that is under way. */
  abort(why: string): void {
    this.finish(why)
    this.connection.abort(new Error(why))
  }

  private writer(lane: Lane): FrameWriter {
    const stream = this.streams[lane]
    const sink = {
      // `true` of libp2p says that every layer below has room, hence nothing waits in any of them.
      send: (bytes: Uint8Array) => stream.writeStatus !== 'writable' || stream.send(bytes),
    }
    return new FrameWriter(sink, () => {
      if (this.up) this.drained()
    })
  }

  private lost(why: string): void {
    if (!this.up) return
    this.finish(why)
    this.connection.abort(new Error(why))
  }

  private finish(why: string): void {
    if (!this.up) return
    this.up = false
    setImmediate(() => {
      this.down(why)
      this.events.down(why)
    })
  }
}
