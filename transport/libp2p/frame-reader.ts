// Frames out of a stream of bytes cut anywhere: a length of four bytes, then so many bytes. A frame
// within one piece is passed on as a view of it; one that spans pieces is put together once.

import { FRAME_BYTES_MAX } from '../../config/limits.ts'

const LENGTH_BYTES = 4
/** The buffer for frames that span pieces is kept up to this size. */
const KEPT_BYTES = 1024 * 1024

export class FrameReader {
  private readonly receive: (frame: Uint8Array) => void
  private readonly head = new Uint8Array(LENGTH_BYTES)
  private headFilled = 0
  private body = new Uint8Array(0)
  private bodyLength = 0
  private bodyFilled = 0

  /** `receive` may use a frame until it returns. */
  constructor(receive: (frame: Uint8Array) => void) {
    this.receive = receive
  }

  /** False: what came is no frame, and nothing more can be read from this stream. */
  read(bytes: Uint8Array): boolean {
    // Never a Buffer: its `slice` would give a receiver a view where he expects a copy.
    const piece = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    let at = 0
    while (at < piece.length) {
      if (this.bodyLength > 0) {
        at = this.readBody(piece, at)
        continue
      }
      while (this.headFilled < LENGTH_BYTES && at < piece.length) {
        this.head[this.headFilled++] = piece[at++] as number
      }
      if (this.headFilled < LENGTH_BYTES) return true
      const [a = 0, b = 0, c = 0, d = 0] = this.head
      const length = a * 2 ** 24 + ((b << 16) | (c << 8) | d)
      if (length > FRAME_BYTES_MAX) return false
      this.headFilled = 0
      if (at + length <= piece.length) {
        this.receive(piece.subarray(at, at + length))
        at += length
      } else this.begin(length)
    }
    return true
  }

  private begin(length: number): void {
    if (this.body.length < length || this.body.length > KEPT_BYTES) {
      this.body = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
    }
    this.bodyLength = length
    this.bodyFilled = 0
  }

  private readBody(piece: Uint8Array, at: number): number {
    const take = Math.min(this.bodyLength - this.bodyFilled, piece.length - at)
    this.body.set(piece.subarray(at, at + take), this.bodyFilled)
    this.bodyFilled += take
    if (this.bodyFilled === this.bodyLength) {
      const frame = this.body.subarray(0, this.bodyLength)
      this.bodyLength = 0
      this.receive(frame)
    }
    return at + take
  }
}
