// Writes and reads the parts of a frame of the rollup's socket: little-endian, each padded to four
// bytes, so that a body lies where it can be read in place.

import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'

/** The other end sent something that is no frame. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

const U32 = 2 ** 32
const U32_MAX = U32 - 1
const padded = (length: number) => (length + 3) & ~3

export class FrameWriter {
  private readonly parts: { readonly bytes: Uint8Array; readonly at: number }[] = []
  private length = 0

  private add(bytes: Uint8Array): void {
    this.parts.push({ bytes, at: this.length })
    this.length += padded(bytes.length)
  }

  u32(...values: number[]): this {
    this.add(new Uint8Array(Uint32Array.from(values).buffer))
    return this
  }

  /** Of a safe integer. */
  u64(value: number): this {
    return this.u32(value % U32, Math.floor(value / U32))
  }

  big(value: bigint): this {
    this.add(new Uint8Array(BigUint64Array.of(value).buffer))
    return this
  }

  /** Of a length that the reader knows. */
  fixed(bytes: Uint8Array): this {
    this.add(bytes)
    return this
  }

  hash(hex: Hex): this {
    return this.fixed(hexToBytes(hex))
  }

  /** With its length before it. */
  bytes(bytes: Uint8Array): this {
    return this.u32(bytes.length).fixed(bytes)
  }

  text(text: string): this {
    return this.bytes(new TextEncoder().encode(text))
  }

  words(words: Uint32Array): this {
    return this.bytes(new Uint8Array(words.buffer, words.byteOffset, words.byteLength))
  }

  end(): Uint8Array {
    const frame = new Uint8Array(this.length)
    for (const { bytes, at } of this.parts) frame.set(bytes, at)
    return frame
  }
}

/** Every function throws FrameError when the frame ends before, or a length is above `max`. */
export class FrameReader {
  private readonly frame: Uint8Array
  private readonly view: DataView
  private at = 0

  constructor(frame: Uint8Array) {
    // Frames of a socket may begin anywhere in its buffer.
    this.frame = frame.byteOffset % 4 === 0 ? frame : Uint8Array.from(frame)
    this.view = new DataView(this.frame.buffer, this.frame.byteOffset, this.frame.length)
  }

  u32(): number {
    if (this.at + 4 > this.frame.length) throw new FrameError('the frame is too short')
    const value = this.view.getUint32(this.at, true)
    this.at += 4
    return value
  }

  u64(): number {
    const lo = this.u32()
    const value = this.u32() * U32 + lo
    if (!Number.isSafeInteger(value)) throw new FrameError('an integer is above 2^53')
    return value
  }

  big(): bigint {
    const lo = BigInt(this.u32())
    return (BigInt(this.u32()) << 32n) + lo
  }

  fixed(length: number): Uint8Array {
    const end = this.at + padded(length)
    if (end > this.frame.length) throw new FrameError('the frame is too short')
    for (let i = this.at + length; i < end; i++) {
      if (this.frame[i] !== 0) throw new FrameError('padding is not zero')
    }
    const bytes = this.frame.subarray(this.at, this.at + length)
    this.at = end
    return bytes
  }

  hash(): Hex {
    return bytesToHex(this.fixed(32))
  }

  bytes(max = U32_MAX): Uint8Array {
    const length = this.u32()
    if (length > max) throw new FrameError(`a part has ${length} bytes, at most ${max} are allowed`)
    return this.fixed(length)
  }

  text(max = 256): string {
    return new TextDecoder().decode(this.bytes(max))
  }

  words(max = U32_MAX): Uint32Array {
    const bytes = this.bytes(4 * max)
    if (bytes.length % 4 !== 0) throw new FrameError('words are not whole')
    return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
  }

  /** Nothing may be left. */
  end(): void {
    if (this.at !== this.frame.length) throw new FrameError('the frame is too long')
  }
}
