// ECVRF-EDWARDS25519-SHA512-TAI of RFC 9381: a proof that a random-looking output belongs to a key
// and an input. Only the key's owner can make it, and there is exactly one output for each input:
// a leader can neither forge nor choose the randomness of his block.

import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, equalBytes } from '../../lib/bytes.ts'
import type { Vrf } from './signatures.ts'

const { Point } = ed25519
type Point = InstanceType<typeof Point>

const ORDER = Point.Fn.ORDER
const SUITE = 0x03
const POINT_BYTES = 32
const CHALLENGE_BYTES = 16
const SCALAR_BYTES = 32

/** Bytes of a proof: Gamma ‖ c ‖ s. */
export const VRF_PROOF_BYTES = POINT_BYTES + CHALLENGE_BYTES + SCALAR_BYTES
export const VRF_OUTPUT_BYTES = 64

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number)
  return value
}

function toLittleEndian(value: bigint, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = Number((value >> BigInt(8 * i)) & 0xffn)
  return bytes
}

/** Undefined when the bytes are no canonical point (RFC 8032, section 5.1.3). */
function decodePoint(bytes: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(bytes, false)
  } catch {
    return undefined
  }
}

/** Section 5.4.1.1, try and increment: fails for no known input; each try succeeds with one half. */
function encodeToCurve(publicKey: Uint8Array, alpha: Uint8Array): Point {
  for (let counter = 0; counter < 256; counter++) {
    const hash = sha512(
      concatBytes(Uint8Array.of(SUITE, 0x01), publicKey, alpha, Uint8Array.of(counter, 0x00)),
    )
    const point = decodePoint(hash.subarray(0, POINT_BYTES))?.clearCofactor()
    if (point && !point.is0()) return point
  }
  throw new Error('no point was found for this input')
}

/** Section 5.4.3. */
function challenge(points: readonly Point[]): bigint {
  const hash = sha512(
    concatBytes(
      Uint8Array.of(SUITE, 0x02),
      ...points.map((point) => point.toBytes()),
      Uint8Array.of(0x00),
    ),
  )
  return littleEndian(hash.subarray(0, CHALLENGE_BYTES))
}

function outputOf(gamma: Point): Uint8Array {
  const cleared = gamma.clearCofactor().toBytes()
  return sha512(concatBytes(Uint8Array.of(SUITE, 0x03), cleared, Uint8Array.of(0x00)))
}

interface Expanded {
  readonly scalar: bigint
  readonly nonceKey: Uint8Array
}

/** The 32-byte secret key as Ed25519 expands it (RFC 8032, section 5.1.5). */
function expand(secretKey: Uint8Array): Expanded {
  if (secretKey.length !== 32) throw new Error('a VRF secret key has 32 bytes')
  const hash = sha512(secretKey)
  const low = hash.slice(0, 32)
  low[0] = (low[0] as number) & 248
  low[31] = ((low[31] as number) & 127) | 64
  return { scalar: littleEndian(low) % ORDER, nonceKey: hash.subarray(32) }
}

/** The 32-byte public key of a 32-byte secret key; throws on another length. */
export function vrfPublicKey(secretKey: Uint8Array): Uint8Array {
  return Point.BASE.multiply(expand(secretKey).scalar).toBytes()
}

/** The proof (80 bytes) and output (64 bytes) of `alpha`. BigInt arithmetic: not constant-time. */
export function vrfProve(
  secretKey: Uint8Array,
  alpha: Uint8Array,
): { proof: Uint8Array; output: Uint8Array } {
  const { scalar, nonceKey } = expand(secretKey)
  const key = Point.BASE.multiply(scalar)
  const h = encodeToCurve(key.toBytes(), alpha)
  const gamma = h.multiply(scalar)
  const nonce = littleEndian(sha512(concatBytes(nonceKey, h.toBytes()))) % ORDER
  const c = challenge([key, h, gamma, Point.BASE.multiply(nonce), h.multiply(nonce)])
  const s = (nonce + c * scalar) % ORDER
  const proof = concatBytes(
    gamma.toBytes(),
    toLittleEndian(c, CHALLENGE_BYTES),
    toLittleEndian(s, SCALAR_BYTES),
  )
  return { proof, output: outputOf(gamma) }
}

/** The output that the proof shows, or undefined. Malformed input is refused, never thrown. */
export function vrfVerify(
  publicKey: Uint8Array,
  alpha: Uint8Array,
  proof: Uint8Array,
): Uint8Array | undefined {
  if (publicKey.length !== POINT_BYTES || proof.length !== VRF_PROOF_BYTES) return undefined
  const key = decodePoint(publicKey)
  // Section 5.4.5: with a key of small order anybody could prove anything.
  if (!key || key.isSmallOrder()) return undefined
  const gamma = decodePoint(proof.subarray(0, POINT_BYTES))
  if (!gamma) return undefined
  const c = littleEndian(proof.subarray(POINT_BYTES, POINT_BYTES + CHALLENGE_BYTES))
  const s = littleEndian(proof.subarray(POINT_BYTES + CHALLENGE_BYTES))
  if (s >= ORDER) return undefined
  const h = encodeToCurve(publicKey, alpha)
  const u = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(c))
  const v = h.multiplyUnsafe(s).subtract(gamma.multiplyUnsafe(c))
  const expected = toLittleEndian(challenge([key, h, gamma, u, v]), CHALLENGE_BYTES)
  const given = proof.subarray(POINT_BYTES, POINT_BYTES + CHALLENGE_BYTES)
  return equalBytes(expected, given) ? outputOf(gamma) : undefined
}

/** The reference; a node has a faster one. */
export const vrfNoble: Vrf = { publicKey: vrfPublicKey, prove: vrfProve, verify: vrfVerify }
