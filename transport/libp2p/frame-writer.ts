// Frames of one lane on their way into a stream. They are copied once, behind their length, into
// batches: what is written in one turn of the loop leaves as one write, since each write costs a
// round of cryptography and a system call. Bounded: says no when full, and calls when it drained.

import { TRUNK_BATCH_BYTES, TRUNK_QUEUE_BYTES_MAX } from '../../config/limits.ts'

const LENGTH_BYTES = 4
/** Batches kept to be filled again: fresh memory costs more than the copy into it. */
const SPARE_MAX = 16

/** What a writer needs of a stream. */
export interface ByteSink {
  /**
   * True: nothing of what was ever sent is kept any more. False: taken, and kept, and the next has
   * to wait for `resume`.
   */
  send(bytes: Uint8Array): boolean
}

export class FrameWriter {
  private readonly sink: ByteSink
  private readonly drained: () => void
  private batch: Uint8Array | undefined
  private filled = 0
  private readonly full: Uint8Array[] = []
  /** Batches that the stream may still read. */
  private lent: Uint8Array[] = []
  private readonly spare: Uint8Array[] = []
  private scheduled = false
  private blocked = false
  private refused = false
  /** Bytes taken and not yet given to the stream. */
  bytes = 0

  constructor(sink: ByteSink, drained: () => void) {
    this.sink = sink
    this.drained = drained
  }

  /** `head` and `frame` leave as one frame. False: no room for now, `drained` will be called. */
  write(head: Uint8Array, frame: Uint8Array): boolean {
    const length = head.length + frame.length
    if (this.bytes > 0 && this.bytes + length > TRUNK_QUEUE_BYTES_MAX) {
      this.refused = true
      return false
    }
    const batch = this.room(LENGTH_BYTES)
    batch[this.filled] = length >>> 24
    batch[this.filled + 1] = length >>> 16
    batch[this.filled + 2] = length >>> 8
    batch[this.filled + 3] = length
    this.filled += LENGTH_BYTES
    this.bytes += LENGTH_BYTES
    this.copy(head)
    this.copy(frame)
    if (!this.scheduled && !this.blocked) {
      this.scheduled = true
      setImmediate(() => {
        this.scheduled = false
        this.flush()
      })
    }
    return true
  }

  /** The stream takes bytes again. */
  resume(): void {
    this.blocked = false
    this.flush()
  }

  flush(): void {
    this.sendFull()
    if (!this.blocked) {
      this.seal()
      this.sendFull()
    }
    if (!this.refused || this.bytes > TRUNK_QUEUE_BYTES_MAX / 2) return
    this.refused = false
    this.drained()
  }

  /** A batch with room for `length` bytes. */
  private room(length: number): Uint8Array {
    if (this.batch && this.filled + length <= TRUNK_BATCH_BYTES) return this.batch
    this.seal()
    this.sendFull()
    this.batch =
      this.spare.pop() ?? new Uint8Array(Buffer.allocUnsafeSlow(TRUNK_BATCH_BYTES).buffer)
    return this.batch
  }

  private copy(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const batch = this.room(1)
      const take = Math.min(bytes.length - at, TRUNK_BATCH_BYTES - this.filled)
      batch.set(take === bytes.length ? bytes : bytes.subarray(at, at + take), this.filled)
      this.filled += take
      this.bytes += take
      at += take
    }
  }

  private seal(): void {
    if (this.batch && this.filled > 0) this.full.push(this.batch.subarray(0, this.filled))
    this.batch = undefined
    this.filled = 0
  }

  private sendFull(): void {
    while (!this.blocked) {
      const batch = this.full.shift()
      if (!batch) return
      this.bytes -= batch.length
      this.lent.push(batch)
      if (this.sink.send(batch)) this.takeBack()
      else this.blocked = true
    }
  }

  private takeBack(): void {
    for (const { buffer } of this.lent) {
      if (this.spare.length < SPARE_MAX) this.spare.push(new Uint8Array(buffer))
    }
    this.lent = []
  }
}
