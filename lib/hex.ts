// Hexadecimal text and bytes. Hashes and addresses travel as lower-case `0x` text (usable as map
// keys and readable in logs); bulk data stays bytes.

export type Hex = `0x${string}`

const DIGITS: string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'))

export function bytesToHex(bytes: Uint8Array): Hex {
  let text = '0x'
  for (let i = 0; i < bytes.length; i++) text += DIGITS[bytes[i] as number]
  return text as Hex
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
