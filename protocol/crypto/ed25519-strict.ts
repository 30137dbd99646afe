// Ed25519 (RFC 8032) with one verdict everywhere. Libraries differ on keys and signatures that no
// honest signer makes (Chalkias, Garillot, Nikolaenko: "Taming the many EdDSAs", 2020); this is the
// rule here, which is libsodium's since 1.0.16, and its reference. With L the order of the group:
//   key A:  canonical encoding of a point that is not of small order;
//   R:      32 bytes that equal the encoding of [S]B - [k]A, not of small order;
//   S:      below L;   k = SHA-512(R, A, message) mod L;   no cofactor anywhere.

import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, equalBytes } from '../../lib/bytes.ts'

/** False for whatever does not hold, of any length; never throws. */
export type VerifyEd25519 = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean

const { Point } = ed25519
const ORDER = Point.Fn.ORDER
const POINT_BYTES = 32

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number)
  return value
}

function times(point: InstanceType<typeof Point>, scalar: bigint): InstanceType<typeof Point> {
  return scalar === 0n ? Point.ZERO : point.multiplyUnsafe(scalar)
}

export const verifyEd25519Strict: VerifyEd25519 = (publicKey, message, signature) => {
  if (publicKey.length !== POINT_BYTES || signature.length !== 2 * POINT_BYTES) return false
  const r = signature.subarray(0, POINT_BYTES)
  const s = littleEndian(signature.subarray(POINT_BYTES))
  if (s >= ORDER) return false
  try {
    const key = Point.fromBytes(publicKey, false)
    if (key.isSmallOrder()) return false
    const k = littleEndian(sha512(concatBytes(r, publicKey, message))) % ORDER
    const found = times(Point.BASE, s).subtract(times(key, k))
    return !found.isSmallOrder() && equalBytes(found.toBytes(), r)
  } catch {
    return false
  }
}
