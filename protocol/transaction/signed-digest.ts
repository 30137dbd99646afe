// What a sender signed and his signature, cut out of a raw typed transaction (EIP-2718) without
// decoding the rest: the digest is of the same bytes under a shorter list's head.

import { keccak } from '../crypto/keccak.ts'

export interface SignedDigest {
  readonly digest: Uint8Array
  /** r, s, yParity. PERF: the same array every time, so it holds until the next call. */
  readonly signature: Uint8Array
}

const signature = new Uint8Array(65)

/** Items of the list before the signature: types 1 and 2. */
const UNSIGNED_ITEMS = [0, 8, 9]

/** Where the item that begins at `at` ends; past the end for a head that makes no sense. */
function endOf(raw: Uint8Array, at: number): number {
  const first = raw[at] as number
  if (first < 0x80) return at + 1
  if (first < 0xb8) return at + 1 + first - 0x80
  if (first >= 0xc0 && first < 0xf8) return at + 1 + first - 0xc0
  const size = first - (first < 0xc0 ? 0xb7 : 0xf7)
  let length = 0
  for (let i = 1; i <= size; i++) length = length * 256 + (raw[at + i] as number)
  return at + 1 + size + length
}

/** Copies a number of at most 32 bytes to the end of a word. False when it is no such number. */
function copyWord(raw: Uint8Array, at: number, end: number, out: Uint8Array, to: number): boolean {
  const first = raw[at] as number
  if (first < 0x80) {
    out[to + 31] = first
    return true
  }
  const length = end - at - 1
  if (first > 0xa0 || length > 32) return false
  for (let i = 0; i < length; i++) out[to + 32 - length + i] = raw[at + 1 + i] as number
  return true
}

/**
 * Of a transaction that decodeTransaction took: what is malformed elsewhere than here is not looked
 * for. Undefined for a legacy transaction.
 */
export function signedDigest(raw: Uint8Array): SignedDigest | undefined {
  const items = UNSIGNED_ITEMS[raw[0] as number] ?? 0
  const head = raw[1] as number
  if (items === 0 || !(head >= 0xc0)) return undefined
  const start = head < 0xf8 ? 2 : 2 + head - 0xf7
  let at = start
  for (let i = 0; i < items && at < raw.length; i++) at = endOf(raw, at)
  const parityAt = at
  const rAt = parityAt + 1
  const sAt = endOf(raw, rAt)
  if (endOf(raw, sAt) !== raw.length) return undefined
  const parity = raw[parityAt] as number
  signature.fill(0)
  if (parity !== 1 && parity !== 0x80) return undefined
  if (!copyWord(raw, rAt, sAt, signature, 0)) return undefined
  if (!copyWord(raw, sAt, raw.length, signature, 32)) return undefined
  signature[64] = parity === 1 ? 1 : 0
  return { digest: keccak(withHead(raw, start, parityAt)), signature }
}

/** Type, the head of a list of `raw` from `start` to `end`, and these bytes. */
function withHead(raw: Uint8Array, start: number, end: number): Uint8Array {
  const length = end - start
  let size = 0
  if (length > 55) for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) size++
  const out = new Uint8Array(2 + size + length)
  out[0] = raw[0] as number
  out[1] = size === 0 ? 0xc0 + length : 0xf7 + size
  for (let i = size, rest = length; i > 0; i--, rest = Math.floor(rest / 256)) out[1 + i] = rest
  out.set(raw.subarray(start, end), 2 + size)
  return out
}
