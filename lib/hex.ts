// Hexadecimal text and bytes. Hashes and addresses travel as lower-case `0x` text (usable as map
// keys and readable in logs); bulk data stays bytes.

export type Hex = `0x${string}`

const DIGITS: string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'))

export function bytesToHex(bytes: Uint8Array): Hex {
  let text = '0x'
  for (let i = 0; i < bytes.length; i++) text += DIGITS[bytes[i] as number]
  return text as Hex
}

function nibble(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 97 && code <= 102) return code - 87
  if (code >= 65 && code <= 70) return code - 55
  return -1
}

/** Decodes `0x`-prefixed text of whole bytes; throws a RangeError naming what is wrong. */
export function hexToBytes(hex: string): Uint8Array {
  if (!hex.startsWith('0x')) throw new RangeError('hex text must start with 0x')
  if (hex.length % 2 !== 0) throw new RangeError('hex text must have an even number of digits')
  const bytes = new Uint8Array(hex.length / 2 - 1)
  for (let i = 0; i < bytes.length; i++) {
    const high = nibble(hex.charCodeAt(2 + 2 * i))
    const low = nibble(hex.charCodeAt(3 + 2 * i))
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
