// Writes msgpack (msgpack.org, the 2013 form) into a buffer that grows and is used again. It
// refuses what a schema would refuse, at the sender, where the mistake is.

import { SchemaError } from '../schema.ts'

/** Text up to here is written char by char; beyond, the native encoder wins. */
const SHORT_TEXT = 48

/** Bytes up to here are copied one by one; beyond, `set` wins. */
const SHORT_BYTES = 24

const utf8Write = (
  Buffer.prototype as unknown as {
    utf8Write(this: Uint8Array, text: string, at: number, length: number): number
  }
).utf8Write

/** The value of a hex digit by its char code, 255 for anything else; upper case is not taken. */
const DIGITS = new Uint8Array(128).fill(255)
for (let i = 0; i < 16; i++) DIGITS[i.toString(16).charCodeAt(0)] = i

export class Writer {
  bytes: Uint8Array
  view: DataView
  /** Where the next byte goes. */
  at = 0

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity)
    this.view = new DataView(this.bytes.buffer)
  }

  /** What was written, as a view that the next `reset` and write destroys. */
  get written(): Uint8Array {
    return this.bytes.subarray(0, this.at)
  }

  reset(): void {
    this.at = 0
  }

  ensure(more: number): void {
    if (this.at + more > this.bytes.length) this.grow(more)
  }

  private grow(more: number): void {
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.at + more))
    grown.set(this.bytes.subarray(0, this.at))
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  u8(value: number): void {
    this.ensure(1)
    this.bytes[this.at++] = value
  }

  nil(): void {
    this.u8(0xc0)
  }

  nothing(value: unknown): void {
    if (value !== null) throw new SchemaError('expected nothing')
    this.u8(0xc0)
  }

  bool(value: boolean): void {
    if (typeof value !== 'boolean') throw new SchemaError('expected a bool')
    this.u8(value ? 0xc3 : 0xc2)
  }

  /** A non-negative safe integer, as short as can be; above 32 bits a float64, as msgpackr does. */
  uint(value: number): void {
    this.ensure(9)
    const { bytes } = this
    if (value >>> 0 === value) {
      if (value < 0x80) bytes[this.at++] = value
      else if (value < 0x100) {
        bytes[this.at++] = 0xcc
        bytes[this.at++] = value
      } else if (value < 0x10000) {
        bytes[this.at++] = 0xcd
        bytes[this.at++] = value >>> 8
        bytes[this.at++] = value
      } else {
        bytes[this.at++] = 0xce
        this.view.setUint32(this.at, value)
        this.at += 4
      }
    } else if (Number.isSafeInteger(value) && value > 0) this.f64(value)
    else throw new SchemaError('expected a non-negative safe integer')
  }

  f64(value: number): void {
    if (!Number.isFinite(value)) throw new SchemaError('expected a number')
    this.ensure(9)
    this.bytes[this.at] = 0xcb
    this.view.setFloat64(this.at + 1, value)
    this.at += 9
  }

  /** Below 2^256, as minimal lower-case hex text. */
  u256(value: bigint): void {
    if (typeof value !== 'bigint' || value < 0n || value >> 256n !== 0n) {
      throw new SchemaError('expected a 256-bit integer')
    }
    this.text(value.toString(16), 64)
  }

  /** At most `max` UTF-16 units. A lone surrogate becomes U+FFFD. */
  text(value: string, max: number): void {
    if (typeof value !== 'string' || value.length > max) {
      throw new SchemaError(`expected text of at most ${max}`)
    }
    const { length } = value
    if (length > SHORT_TEXT || !this.ascii(value)) this.longText(value)
  }

  /** False, and nothing written, when the short text is not ASCII. */
  private ascii(value: string): boolean {
    const { length } = value
    this.ensure(2 + length)
    const { bytes } = this
    let { at } = this
    if (length < 32) bytes[at++] = 0xa0 | length
    else {
      bytes[at++] = 0xd9
      bytes[at++] = length
    }
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      if (code > 0x7f) return false
      bytes[at++] = code
    }
    this.at = at
    return true
  }

  private longText(value: string): void {
    const length = Buffer.byteLength(value)
    this.ensure(5 + length)
    if (length < 32) this.u8(0xa0 | length)
    else this.header(length, 0xd9)
    utf8Write.call(this.bytes, value, this.at, length)
    this.at += length
  }

  bin(value: Uint8Array, max: number): void {
    if (!(value instanceof Uint8Array) || value.length > max) {
      throw new SchemaError(`expected at most ${max} bytes`)
    }
    const { length } = value
    this.ensure(5 + length)
    this.header(length, 0xc4)
    this.raw(value)
  }

  /** Bytes without a header. */
  raw(value: Uint8Array): void {
    const { length } = value
    this.ensure(length)
    const { bytes } = this
    if (length > SHORT_BYTES) bytes.set(value, this.at)
    else for (let i = 0; i < length; i++) bytes[this.at + i] = value[i] as number
    this.at += length
  }

  /** `0x` text of exactly `length` bytes, written as bytes. */
  hex(value: string, length: number): void {
    if (typeof value !== 'string' || value.length !== 2 + 2 * length || !value.startsWith('0x')) {
      throw new SchemaError(`expected 0x text of ${length} bytes`)
    }
    this.ensure(5 + length)
    this.header(length, 0xc4)
    this.digits(value, 2)
  }

  /** Lower-case hex digits from `from` to the end, two to a byte. */
  digits(value: string, from: number): void {
    const { length } = value
    this.ensure((length - from) >> 1)
    const { bytes } = this
    let { at } = this
    for (let i = from; i < length; i += 2) {
      const high = DIGITS[value.charCodeAt(i)] ?? 255
      const low = DIGITS[value.charCodeAt(i + 1)] ?? 255
      if ((high | low) > 15) throw new SchemaError('expected lower-case hex digits')
      bytes[at++] = (high << 4) | low
    }
    this.at = at
  }

  /** The three headers of text (0xd9) and bytes (0xc4), by length. Room must have been made. */
  private header(length: number, first: number): void {
    const { bytes } = this
    if (length < 0x100) {
      bytes[this.at++] = first
      bytes[this.at++] = length
    } else if (length < 0x10000) {
      bytes[this.at++] = first + 1
      bytes[this.at++] = length >>> 8
      bytes[this.at++] = length
    } else {
      bytes[this.at++] = first + 2
      this.view.setUint32(this.at, length)
      this.at += 4
    }
  }

  /** The head of a list of `length`. */
  list(length: number): void {
    this.ensure(5)
    if (length < 16) this.bytes[this.at++] = 0x90 | length
    else if (length < 0x10000) {
      this.bytes[this.at++] = 0xdc
      this.bytes[this.at++] = length >>> 8
      this.bytes[this.at++] = length
    } else {
      this.bytes[this.at++] = 0xdd
      this.view.setUint32(this.at, length)
      this.at += 4
    }
  }
}
