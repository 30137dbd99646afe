// Small operations on byte arrays that the platform lacks.

export const EMPTY = new Uint8Array(0)

export function concatBytes(...parts: Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const joined = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Lexicographic order, the order in which LMDB keeps its keys. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const difference = (a[i] as number) - (b[i] as number)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/**
 * Big-endian fixed-width encoding of a non-negative integer.
 * PERF: eight bytes at a time; one by one, each costs a new bigint.
 */
export function bigintToBytes(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = length
  let rest = value
  if (value > 0n && length >= 8) {
    const view = new DataView(bytes.buffer)
    for (; rest > 0n && at >= 8; rest >>= 64n) {
      at -= 8
      view.setBigUint64(at, rest)
    }
  }
  for (; rest > 0n && at > 0; rest >>= 8n) bytes[--at] = Number(rest & 0xffn)
  if (rest !== 0n) throw new RangeError(`${value} does not fit ${length} bytes`)
  return bytes
}

export function bytesToBigint(bytes: Uint8Array): bigint {
  const { length } = bytes
  let head = 0
  const short = Math.min(length, length % 8 || 8)
  const whole = short <= 6 ? short : 0
  for (let i = 0; i < whole; i++) head = head * 256 + (bytes[i] as number)
  let value = BigInt(head)
  let at = whole
  for (; (length - at) % 8 !== 0; at++) value = (value << 8n) | BigInt(bytes[at] as number)
  if (at === length) return value
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  for (; at < length; at += 8) value = (value << 64n) | view.getBigUint64(at)
  return value
}

/** Big-endian u64 key of a safe integer: sorts like the number. */
export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  for (let i = 7, rest = value; rest > 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest
  return bytes
}
