// Frames of one lane on their way into a stream. They are copied once, behind their length, into
// batches: what is written in one turn of the loop leaves as one write, since each write costs a
// round of cryptography and a system call. Bounded: says no when full, and calls when it drained.

import { LINK_BUFFER_BYTES_MAX, TRUNK_BATCH_BYTES } from '../../config/limits.ts'

const LENGTH_BYTES = 4

/** What a writer needs of a stream. */
export interface ByteSink {
  /** False: taken, but the next has to wait for `drain`. The bytes may be kept until then. */
  send(bytes: Uint8Array): boolean
  /** Nothing of what was sent is kept any more. */
  readonly idle: boolean
}

export class FrameWriter {
  private readonly sink: ByteSink
  private readonly drained: () => void
  private batch: Uint8Array | undefined
  private filled = 0
  private full: Uint8Array[] = []
  private spare: Uint8Array | undefined
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
    const total = LENGTH_BYTES + length
    if (this.bytes > 0 && this.bytes + total > LINK_BUFFER_BYTES_MAX) {
      this.refused = true
      return false
    }
    if (this.batch && this.filled + total > this.batch.length) {
      this.seal()
      this.sendFull()
    }
    this.batch ??= this.newBatch(total)
    const { batch, filled } = this
    batch[filled] = length >>> 24
    batch[filled + 1] = length >>> 16
    batch[filled + 2] = length >>> 8
    batch[filled + 3] = length
    batch.set(head, filled + LENGTH_BYTES)
    batch.set(frame, filled + LENGTH_BYTES + head.length)
    this.filled += total
    this.bytes += total
    this.schedule()
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
    if (!this.refused || this.bytes > LINK_BUFFER_BYTES_MAX / 2) return
    this.refused = false
    this.drained()
  }

  private sendFull(): void {
    while (!this.blocked) {
      const batch = this.full.shift()
      if (!batch) return
      this.bytes -= batch.length
      if (!this.sink.send(batch)) this.blocked = true
      else if (this.sink.idle && batch.buffer.byteLength === TRUNK_BATCH_BYTES) this.spare = batch
    }
  }

  clear(): void {
    this.batch = undefined
    this.full = []
    this.bytes = 0
  }

  private newBatch(total: number): Uint8Array {
    this.filled = 0
    if (this.spare && total <= TRUNK_BATCH_BYTES) {
      const batch = new Uint8Array(this.spare.buffer)
      this.spare = undefined
      return batch
    }
    return Buffer.allocUnsafeSlow(Math.max(total, TRUNK_BATCH_BYTES))
  }

  private seal(): void {
    if (this.batch) this.full.push(this.batch.subarray(0, this.filled))
    this.batch = undefined
    this.filled = 0
  }

  private schedule(): void {
    if (this.scheduled || this.blocked) return
    this.scheduled = true
    setImmediate(() => {
      this.scheduled = false
      this.flush()
    })
  }
}
