// Reads msgpack strictly: every length is checked against its maximum and against the bytes that
// are there before anything is made of it. Throws SchemaError and nothing else.

import { isUtf8 } from 'node:buffer'
import { SchemaError } from '../schema.ts'

/** Text up to here is read char by char; beyond, the native decoder wins. */
const SHORT_TEXT = 12

/** Bytes up to here are copied one by one; beyond, `set` wins. */
const SHORT_BYTES = 64

const { hexSlice, latin1Slice, utf8Slice } = Buffer.prototype as unknown as Record<
  'hexSlice' | 'latin1Slice' | 'utf8Slice',
  (this: Uint8Array, from: number, to: number) => string
>

const U256 = /^(0|[1-9a-f][0-9a-f]{0,63})$/

const EMPTY = new Uint8Array(0)

export class Reader {
  bytes: Uint8Array = EMPTY
  view: DataView = new DataView(EMPTY.buffer)
  at = 0
  /** Reading beyond this throws. */
  end = 0

  /** Starts over on other bytes, which must not change while they are read. */
  open(bytes: Uint8Array): this {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = 0
    this.end = bytes.length
    return this
  }

  fail(expected: string): never {
    throw new SchemaError(`expected ${expected} at byte ${this.at}`)
  }

  /** Moves on by `length` and returns where it was. */
  skip(length: number): number {
    const { at } = this
    if (at + length > this.end) this.fail(`${length} bytes more`)
    this.at = at + length
    return at
  }

  u8(): number {
    return this.bytes[this.skip(1)] as number
  }

  private u16(): number {
    return this.view.getUint16(this.skip(2))
  }

  u32(): number {
    return this.view.getUint32(this.skip(4))
  }

  float64(): number {
    return this.view.getFloat64(this.skip(8))
  }

  /** True, and past it, when the next value is nil. */
  isNil(): boolean {
    if (this.at >= this.end || this.bytes[this.at] !== 0xc0) return false
    this.at++
    return true
  }

  nothing(): null {
    if (this.u8() !== 0xc0) this.fail('nothing')
    return null
  }

  bool(): boolean {
    const tag = this.u8()
    if (tag !== 0xc2 && tag !== 0xc3) this.fail('a bool')
    return tag === 0xc3
  }

  /** A non-negative safe integer, in whatever form msgpackr may have written it. */
  uint(): number {
    const tag = this.u8()
    if (tag < 0x80) return tag
    if (tag === 0xcc) return this.u8()
    if (tag === 0xcd) return this.u16()
    if (tag === 0xce) return this.u32()
    const value = this.number(tag)
    if (!Number.isSafeInteger(value) || value < 0) this.fail('a non-negative safe integer')
    return value
  }

  f64(): number {
    const value = this.number(this.u8())
    if (!Number.isFinite(value)) this.fail('a number')
    return value
  }

  /** Any number but a 64-bit integer, which a JavaScript number cannot hold. */
  number(tag: number): number {
    if (tag < 0x80) return tag
    if (tag >= 0xe0) return tag - 0x100
    if (tag === 0xcb) return this.float64()
    if (tag === 0xca) return this.view.getFloat32(this.skip(4))
    if (tag === 0xcc) return this.u8()
    if (tag === 0xcd) return this.u16()
    if (tag === 0xce) return this.u32()
    if (tag === 0xd0) return this.view.getInt8(this.skip(1))
    if (tag === 0xd1) return this.view.getInt16(this.skip(2))
    if (tag === 0xd2) return this.view.getInt32(this.skip(4))
    return this.fail('a number')
  }

  u256(): bigint {
    const digits = this.text(64)
    if (!U256.test(digits)) this.fail('a 256-bit integer')
    return BigInt(`0x${digits}`)
  }

  /** Text of at most `max` UTF-16 units, well-formed. */
  text(max: number): string {
    const tag = this.u8()
    let length = 0
    if (tag >= 0xa0 && tag < 0xc0) length = tag & 31
    else if (tag === 0xd9) length = this.u8()
    else if (tag === 0xda) length = this.u16()
    else if (tag === 0xdb) length = this.u32()
    else this.fail(`text of at most ${max}`)
    if (length > 3 * max) this.fail(`text of at most ${max}`)
    const text = this.utf8(this.skip(length), length)
    if (text.length > max) this.fail(`text of at most ${max}`)
    return text
  }

  private utf8(from: number, length: number): string {
    const { bytes } = this
    if (length <= SHORT_TEXT) {
      let text = ''
      for (let i = from; i < from + length; i++) {
        const code = bytes[i] as number
        if (code > 0x7f) return this.wide(from, length)
        text += String.fromCharCode(code)
      }
      return text
    }
    for (let i = from; i < from + length; i++) {
      if ((bytes[i] as number) > 0x7f) return this.wide(from, length)
    }
    return latin1Slice.call(bytes, from, from + length)
  }

  private wide(from: number, length: number): string {
    const text = utf8Slice.call(this.bytes, from, from + length)
    if (text.includes('\ufffd') && !isUtf8(this.bytes.slice(from, from + length))) {
      this.fail('well-formed text')
    }
    return text
  }

  private binLength(expected: string): number {
    const tag = this.u8()
    if (tag === 0xc4) return this.u8()
    if (tag === 0xc5) return this.u16()
    if (tag === 0xc6) return this.u32()
    return this.fail(expected)
  }

  /** A copy of at most `max` bytes. */
  bin(max: number): Uint8Array {
    const length = this.binLength('bytes')
    if (length > max) this.fail(`at most ${max} bytes`)
    const from = this.skip(length)
    const copy = new Uint8Array(length)
    const { bytes } = this
    if (length > SHORT_BYTES) copy.set(bytes.subarray(from, from + length))
    else for (let i = 0; i < length; i++) copy[i] = bytes[from + i] as number
    return copy
  }

  /** Exactly `length` bytes as `0x` text. */
  hex(length: number): string {
    if (this.binLength('bytes') !== length) this.fail(`exactly ${length} bytes`)
    return `0x${this.digits(length)}`
  }

  /** The next `length` bytes as hex digits. */
  digits(length: number): string {
    const from = this.skip(length)
    return hexSlice.call(this.bytes, from, from + length)
  }

  /** The length of a list, which must be at most `max`. */
  list(max: number): number {
    const tag = this.u8()
    let length = 0
    if (tag >= 0x90 && tag < 0xa0) length = tag & 15
    else if (tag === 0xdc) length = this.u16()
    else if (tag === 0xdd) length = this.u32()
    else this.fail('a list')
    // Every item takes a byte at least: a length beyond what is there is refused before any work.
    if (length > max || length > this.end - this.at) this.fail(`a list of at most ${max}`)
    return length
  }

  /** The head of a struct of so many fields. */
  fields(count: number): void {
    if (this.list(count) !== count) this.fail(`${count} fields`)
  }

  close(): void {
    if (this.at !== this.end) this.fail('the end')
  }
}
