// Hexadecimal text and bytes. Hashes and addresses travel as lower-case `0x` text (usable as map
// keys and readable in logs); bulk data stays bytes.

export type Hex = `0x${string}`

/** Character codes of the digits. */
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))
const PREFIX = [48, 120] as const
const decoder = new TextDecoder('latin1')

function textBuffer(length: number): Uint8Array {
  const codes = new Uint8Array(length)
  codes.set(PREFIX)
  return codes
}

/**
 * PERF: text put together piece by piece is a chain of pieces, which its first use as a map's key
 * walks: a fifth of the price where it is decoded at once. Hashes and addresses have buffers here.
 */
const codesOf = new Map([20, 32].map((length) => [length, textBuffer(2 + 2 * length)]))

export function bytesToHex(bytes: Uint8Array): Hex {
  const { length } = bytes
  const codes = codesOf.get(length) ?? textBuffer(2 + 2 * length)
  for (let i = 0, at = 2; i < length; i++) {
    const byte = bytes[i] as number
    codes[at++] = DIGITS[byte >> 4] as number
    codes[at++] = DIGITS[byte & 15] as number
  }
  return decoder.decode(codes) as Hex
}

/** By character code; -1 for what is no digit. */
const NIBBLES = new Int8Array(128).fill(-1)
for (let i = 0; i < 16; i++) {
  NIBBLES[i.toString(16).charCodeAt(0)] = i
  NIBBLES[i.toString(16).toUpperCase().charCodeAt(0)] = i
}

/** Decodes `0x`-prefixed text of whole bytes; throws a RangeError naming what is wrong. */
export function hexToBytes(hex: string): Uint8Array {
  if (!hex.startsWith('0x')) throw new RangeError('hex text must start with 0x')
  if (hex.length % 2 !== 0) throw new RangeError('hex text must have an even number of digits')
  const bytes = new Uint8Array(hex.length / 2 - 1)
  for (let i = 0; i < bytes.length; i++) {
    const high = NIBBLES[hex.charCodeAt(2 + 2 * i)] ?? -1
    const low = NIBBLES[hex.charCodeAt(3 + 2 * i)] ?? -1
    if (high < 0 || low < 0) throw new RangeError(`not a hex digit at position ${2 + 2 * i}`)
    bytes[i] = high * 16 + low
  }
  return bytes
}

/** True for `0x` text of exactly `length` bytes (either case). */
export function isHex(value: unknown, length?: number): value is Hex {
  if (typeof value !== 'string' || !/^0x[0-9a-fA-F]*$/.test(value)) return false
  return length === undefined ? value.length % 2 === 0 : value.length === 2 + 2 * length
}
