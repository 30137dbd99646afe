// One lane out of a host: packs messages into frames, sends them as far as the receiver's credit
// and the link allow, and keeps account of all that is not yet known to have been taken in.

import {
  FRAME_BYTES_FULL,
  FRAME_MESSAGES_MAX,
  LINK_QUEUE_BYTES_MAX,
  LINK_QUEUE_MESSAGES_MAX,
  LINK_WINDOW_BYTES,
  LINK_WINDOW_MESSAGES,
} from '../../config/limits.ts'
import { Writer } from '../../lib/msgpack/writer.ts'
import type { Lane } from '../ports.ts'
import { HEAD_BYTES, writeHead } from './frame.ts'
import { OutTargets, type Route } from './targets.ts'

/** Hands a frame to the link; false when it was not taken. */
export type Emit = (frame: Uint8Array, lane: Lane) => boolean

/** What became of a message: its route, or undefined for replies and the like. */
type Mark = Route | undefined

const WRITER_BYTES = 4096
const WRITER_BYTES_KEPT = 4 * FRAME_BYTES_FULL
const SPARE_BYTES_MAX = LINK_WINDOW_BYTES

interface Sealed {
  readonly writer: Writer
  readonly marks: Mark[]
}

interface Unproven {
  /** The lane's total with this frame. */
  readonly messages: number
  readonly marks: Mark[]
}

export class Outbox {
  readonly lane: Lane
  readonly targets = new OutTargets()
  /** The frame that is being filled: write an item, then `commit` or `rollback`. */
  writer = new Writer(WRITER_BYTES)
  /** Nothing leaves before the greeting. */
  open = false
  private readonly emit: Emit
  private marks: Mark[] = []
  private readonly sealed: Sealed[] = []
  private readonly spares: Writer[] = []
  private spareBytes = 0
  private readonly unproven: Unproven[] = []
  private seq = 0
  /** Totals of what was put in, what was sent, and what may be sent. */
  private messages = 0
  private bytes = 0
  sentMessages = 0
  private sentBytes = 0
  private allowedMessages = LINK_WINDOW_MESSAGES
  private allowedBytes = LINK_WINDOW_BYTES

  constructor(lane: Lane, emit: Emit) {
    this.lane = lane
    this.emit = emit
    this.writer.at = HEAD_BYTES
  }

  get queuedMessages(): number {
    return this.messages - this.sentMessages
  }

  get queuedBytes(): number {
    return this.bytes - this.sentBytes
  }

  get creditMessages(): number {
    return Math.max(0, this.allowedMessages - this.messages)
  }

  get creditBytes(): number {
    return Math.max(0, this.allowedBytes - this.bytes)
  }

  /** More was put in than the receiver has room for. */
  get starved(): boolean {
    return this.messages >= this.allowedMessages || this.bytes >= this.allowedBytes
  }

  /** Something waits for credit. */
  get waiting(): boolean {
    return this.queuedMessages > 0 && !this.hasCredit
  }

  private get hasCredit(): boolean {
    return this.sentMessages < this.allowedMessages && this.sentBytes < this.allowedBytes
  }

  /** What waits has reached its limit: the next message is to be refused. */
  get full(): boolean {
    return (
      this.queuedMessages >= LINK_QUEUE_MESSAGES_MAX || this.queuedBytes >= LINK_QUEUE_BYTES_MAX
    )
  }

  /** The item written since `start` is a message: it will be sent, or accounted for. */
  commit(start: number, mark: Mark): void {
    this.messages++
    this.bytes += this.writer.at - start
    if (start > HEAD_BYTES && this.writer.at > FRAME_BYTES_FULL) this.split(start)
    this.marks.push(mark)
    if (this.marks.length < FRAME_MESSAGES_MAX && this.writer.at < FRAME_BYTES_FULL) return
    this.flush()
    if (this.marks.length > 0) this.seal()
  }

  rollback(start: number): void {
    this.writer.at = start
  }

  /** Ends the frame before `start`; what was written after it begins the next one. */
  private split(start: number): void {
    const item = this.writer.bytes.slice(start, this.writer.at)
    this.writer.at = start
    this.flush()
    if (this.marks.length > 0) this.seal()
    this.writer.raw(item)
  }

  private seal(): void {
    this.sealed.push({ writer: this.writer, marks: this.marks })
    this.writer = this.spare()
    this.writer.at = HEAD_BYTES
    this.marks = []
  }

  /** Sends as much as credit and link allow. */
  flush(): void {
    while (this.sealed.length > 0) {
      const { writer, marks } = this.sealed[0] as Sealed
      if (!this.send(writer, marks)) return
      this.sealed.shift()
      this.keep(writer)
    }
    if (this.marks.length === 0 || !this.send(this.writer, this.marks)) return
    this.writer.at = HEAD_BYTES
    this.marks = []
    if (this.writer.bytes.length > WRITER_BYTES_KEPT) {
      this.writer = new Writer(WRITER_BYTES)
      this.writer.at = HEAD_BYTES
    }
  }

  /** A writer whose frame is gone is used again, unless it grew for one large message. */
  private keep(writer: Writer): void {
    const { length } = writer.bytes
    if (length > WRITER_BYTES_KEPT || this.spareBytes + length > SPARE_BYTES_MAX) return
    this.spareBytes += length
    this.spares.push(writer)
  }

  private spare(): Writer {
    const spare = this.spares.pop()
    if (!spare) return new Writer(this.writer.bytes.length)
    this.spareBytes -= spare.bytes.length
    return spare
  }

  private send(writer: Writer, marks: Mark[]): boolean {
    if (!this.open || !this.hasCredit) return false
    const messages = this.sentMessages + marks.length
    const bytes = this.sentBytes + writer.at - HEAD_BYTES
    writeHead(writer, this.seq, messages, bytes)
    if (!this.emit(writer.written, this.lane)) return false
    this.seq++
    this.sentMessages = messages
    this.sentBytes = bytes
    this.unproven.push({ messages, marks })
    return true
  }

  /** Sends what is outside all credit: the link's own words, or an empty frame to ask for it. */
  sendUncounted(writer: Writer): boolean {
    writeHead(writer, this.seq, this.sentMessages, this.sentBytes)
    if (!this.emit(writer.written, this.lane)) return false
    this.seq++
    return true
  }

  /** The receiver says what he has taken in and how far he lets us go. */
  credit(taken: number, messages: number, bytes: number): void {
    this.allowedMessages = Math.max(this.allowedMessages, messages)
    this.allowedBytes = Math.max(this.allowedBytes, bytes)
    while (this.unproven.length > 0 && (this.unproven[0] as Unproven).messages <= taken) {
      this.unproven.shift()
    }
  }

  /** The receiver's first window, as his greeting says it. */
  begin(messages: number, bytes: number): void {
    this.open = true
    this.allowedMessages = messages
    this.allowedBytes = bytes
  }

  /** What was not sent, and what was sent and may not have arrived. */
  lost(): { readonly unsent: Mark[]; readonly inDoubt: Mark[] } {
    return {
      unsent: [...this.sealed.flatMap((one) => one.marks), ...this.marks],
      inDoubt: this.unproven.flatMap((one) => one.marks),
    }
  }
}
