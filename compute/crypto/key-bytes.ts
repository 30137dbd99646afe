// Uncompressed public keys as bytes: 96, coordinates x and y big-endian; bit 6 of the first byte
// says infinity.

import blst from '@chainsafe/blst'
import { bigintToBytes, bytesToBigint } from '../../lib/bytes.ts'

export const KEY_BYTES = 96
const COORDINATE_BYTES = 48
const INFINITY_BIT = 0x40

/** Modulus of the field of BLS12-381. */
const P = BigInt(
  '0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab',
)

/** A key of 48 bytes costs 16 µs. */
export function uncompressed(key: Uint8Array): Uint8Array {
  return key.length === KEY_BYTES ? key : blst.PublicKey.fromBytes(key).toBytes(false)
}

export function keyAt(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES)
}

/** Sum of uncompressed keys, uncompressed; at least one. */
export function sumBytes(keys: Uint8Array[]): Uint8Array {
  return blst.aggregateSerializedPublicKeys(keys, false).toBytes(false)
}

/** What added to the key gives nothing; undefined for infinity, which is nothing itself. */
export function negated(key: Uint8Array): Uint8Array | undefined {
  if (((key[0] as number) & INFINITY_BIT) !== 0) return undefined
  const y = bytesToBigint(key.subarray(COORDINATE_BYTES))
  const negative = key.slice()
  negative.set(bigintToBytes(P - y, COORDINATE_BYTES), COORDINATE_BYTES)
  return negative
}
