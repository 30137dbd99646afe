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

/** Big-endian fixed-width encoding of a non-negative integer. */
export function bigintToBytes(value: bigint, length: number): Uint8Array {
  if (value < 0n || value >= 1n << BigInt(8 * length)) {
    throw new RangeError(`${value} does not fit ${length} bytes`)
  }
  const bytes = new Uint8Array(length)
  for (let i = length - 1, rest = value; i >= 0 && rest > 0n; i--, rest >>= 8n) {
    bytes[i] = Number(rest & 0xffn)
  }
  return bytes
}

export function bytesToBigint(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return value
}

/** Big-endian u64 key of a safe integer: sorts like the number. */
export function u64(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  for (let i = 7, rest = value; rest > 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest
  return bytes
}
