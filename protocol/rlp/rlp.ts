// RLP, Ethereum's encoding of nested byte strings (Yellow Paper, appendix B). Decoding is strict:
// only the one canonical form of each value is accepted.

import { EMPTY } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'

export type RlpItem = Uint8Array | RlpItem[]

export class RlpError extends Error {
  override readonly name = 'RlpError'
}

const DEPTH_MAX = 16

/** Bytes that hold a length above 55. */
function lengthSize(length: number): number {
  if (length < 0x100) return 1
  if (length < 0x10000) return 2
  return length < 0x1000000 ? 3 : 4
}

function prefixSize(length: number): number {
  return length < 56 ? 1 : 1 + lengthSize(length)
}

/**
 * PERF: body sizes of the lists of an item, each before those in it: measured once, where a list
 * would measure all below it again at every level.
 */
let sizes: number[] = []
let nextSize = 0

function encodedSize(item: RlpItem): number {
  if (item instanceof Uint8Array) {
    const { length } = item
    return length === 1 && (item[0] as number) < 0x80 ? 1 : prefixSize(length) + length
  }
  const place = sizes.push(0) - 1
  let size = 0
  for (const part of item) size += encodedSize(part)
  sizes[place] = size
  return prefixSize(size) + size
}

function writePrefix(out: Uint8Array, at: number, offset: number, length: number): number {
  if (length < 56) {
    out[at] = offset + length
    return at + 1
  }
  const size = lengthSize(length)
  out[at] = offset + 55 + size
  for (let i = size, rest = length; i > 0; i--, rest = Math.floor(rest / 256)) out[at + i] = rest
  return at + 1 + size
}

function write(out: Uint8Array, at: number, item: RlpItem): number {
  if (item instanceof Uint8Array) {
    const { length } = item
    let next = at
    if (length !== 1 || (item[0] as number) >= 0x80) next = writePrefix(out, at, 0x80, length)
    // PERF: a call of `set` costs more than a hash's 32 bytes by hand.
    if (length > 48) out.set(item, next)
    else for (let i = 0; i < length; i++) out[next + i] = item[i] as number
    return next + length
  }
  let next = writePrefix(out, at, 0xc0, sizes[nextSize++] as number)
  for (const part of item) next = write(out, next, part)
  return next
}

/** One pass for the sizes, one for the bytes: nothing is copied twice. */
export function encodeRlp(item: RlpItem): Uint8Array {
  sizes = []
  nextSize = 0
  const out = new Uint8Array(encodedSize(item))
  write(out, 0, item)
  return out
}

interface Span {
  readonly list: boolean
  readonly start: number
  readonly end: number
}

function readLength(bytes: Uint8Array, at: number, size: number): number {
  if (at + size > bytes.length) throw new RlpError('length runs past the end')
  if (size > 6 || bytes[at] === 0) throw new RlpError('length is not minimal')
  let length = 0
  for (let i = 0; i < size; i++) length = length * 256 + (bytes[at + i] as number)
  if (length < 56) throw new RlpError('length is not minimal')
  return length
}

function readSpan(bytes: Uint8Array, at: number): Span {
  const first = bytes[at]
  if (first === undefined) throw new RlpError('input is empty')
  if (first < 0x80) return { list: false, start: at, end: at + 1 }
  const list = first >= 0xc0
  const short = first - (list ? 0xc0 : 0x80)
  const sizeBytes = short > 55 ? short - 55 : 0
  const length = sizeBytes ? readLength(bytes, at + 1, sizeBytes) : short
  const start = at + 1 + sizeBytes
  if (start + length > bytes.length) throw new RlpError('value runs past the end')
  if (!list && length === 1 && (bytes[start] as number) < 0x80) {
    throw new RlpError('a small byte must stand for itself')
  }
  return { list, start, end: start + length }
}

function decodeAt(bytes: Uint8Array, at: number, depth: number): [RlpItem, number] {
  if (depth > DEPTH_MAX) throw new RlpError('nested too deep')
  const span = readSpan(bytes, at)
  if (!span.list) return [bytes.subarray(span.start, span.end), span.end]
  const items: RlpItem[] = []
  const inner = bytes.subarray(0, span.end)
  for (let next = span.start; next < span.end; ) {
    const [item, end] = decodeAt(inner, next, depth + 1)
    items.push(item)
    next = end
  }
  return [items, span.end]
}

/** Throws RlpError for anything but exactly one canonical item. */
export function decodeRlp(bytes: Uint8Array): RlpItem {
  const [item, end] = decodeAt(bytes, 0, 0)
  if (end !== bytes.length) throw new RlpError('bytes after the end')
  return item
}

/** The encoding of a list's first item; what comes after it is not looked at. Throws RlpError. */
export function firstItem(bytes: Uint8Array): Uint8Array {
  const { list, start, end } = readSpan(bytes, 0)
  if (!list || start === end) throw new RlpError('expected a list with items')
  return bytes.subarray(start, readSpan(bytes.subarray(0, end), start).end)
}

/** Below this, numbers are exact and much cheaper than bigints. */
const SMALL_BYTES = 6
const SMALL_BITS = BigInt(8 * SMALL_BYTES)
const SMALL = 2n ** SMALL_BITS

/** A non-negative integer as its minimal big-endian bytes (zero is empty). */
export function rlpInteger(value: bigint | number): Uint8Array {
  if (typeof value === 'bigint' && value >= SMALL) {
    const digits = value.toString(16)
    return hexToBytes(`0x${digits.length % 2 === 1 ? '0' : ''}${digits}`)
  }
  let rest = Number(value)
  if (rest === 0) return EMPTY
  let length = 0
  for (let left = rest; left > 0; left = Math.floor(left / 256)) length++
  const bytes = new Uint8Array(length)
  for (let i = length - 1; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256
  return bytes
}

export function rlpHex(value: Hex): Uint8Array {
  return hexToBytes(value)
}

export function asBytes(item: RlpItem | undefined, length?: number): Uint8Array {
  if (!(item instanceof Uint8Array)) throw new RlpError('expected bytes, got a list')
  if (length !== undefined && item.length !== length) {
    throw new RlpError(`expected ${length} bytes, got ${item.length}`)
  }
  return item
}

export function asList(item: RlpItem | undefined, length?: number): RlpItem[] {
  if (!Array.isArray(item)) throw new RlpError('expected a list, got bytes')
  if (length !== undefined && item.length !== length) {
    throw new RlpError(`expected ${length} items, got ${item.length}`)
  }
  return item
}

/** The bytes of an integer below 2^256 in minimal form. */
export function integerBytes(item: RlpItem | undefined): Uint8Array {
  const bytes = asBytes(item)
  if (bytes.length > 32) throw new RlpError('integer above 256 bits')
  if (bytes[0] === 0) throw new RlpError('integer with a leading zero')
  return bytes
}

function smallAt(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let i = start; i < end; i++) value = value * 256 + (bytes[i] as number)
  return value
}

/** The big-endian integer in these bytes. PERF: six of them at a time, as exact numbers. */
export function integerAt(bytes: Uint8Array, start: number, end: number): bigint {
  let at = start + ((end - start) % SMALL_BYTES || Math.min(SMALL_BYTES, end - start))
  let value = BigInt(smallAt(bytes, start, at))
  for (; at < end; at += SMALL_BYTES) {
    value = (value << SMALL_BITS) | BigInt(smallAt(bytes, at, at + SMALL_BYTES))
  }
  return value
}

/** An integer below 2^256 in minimal form. */
export function asInteger(item: RlpItem | undefined): bigint {
  const bytes = integerBytes(item)
  return integerAt(bytes, 0, bytes.length)
}

export function asNumber(item: RlpItem | undefined): number {
  if (item instanceof Uint8Array && item.length <= SMALL_BYTES && item[0] !== 0) {
    return smallAt(item, 0, item.length)
  }
  const value = asInteger(item)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RlpError('integer above 2^53 - 1')
  return Number(value)
}
