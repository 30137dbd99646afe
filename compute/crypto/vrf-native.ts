// ECVRF (RFC 9381) by libsodium's Ed25519 points: several times faster than noble, and the secret
// scalar meets constant-time multiplication. libsodium multiplies only points of the prime-order
// group, and no zeros; whatever it refuses, the reference decides, so that no verdict can differ.

// @ts-expect-error: the package brings no types; `Ed25519` below is what is used of it.
import untyped from 'sodium-native'
import { concatBytes, equalBytes } from '../../lib/bytes.ts'
import {
  VRF_OUTPUT_BYTES,
  VRF_PROOF_BYTES,
  vrfProve,
  vrfPublicKey,
  vrfVerify,
} from '../../protocol/crypto/ecvrf.ts'
import type { Vrf } from '../../protocol/crypto/signatures.ts'

/** Results come first; everything but the hash throws when libsodium refuses. */
interface Ed25519 {
  crypto_hash_sha512(out: Uint8Array, input: Uint8Array): void
  /** Of any two points, torsion included. */
  crypto_core_ed25519_add(out: Uint8Array, p: Uint8Array, q: Uint8Array): void
  crypto_core_ed25519_sub(out: Uint8Array, p: Uint8Array, q: Uint8Array): void
  crypto_scalarmult_ed25519_noclamp(out: Uint8Array, n: Uint8Array, p: Uint8Array): void
  crypto_scalarmult_ed25519_base_noclamp(out: Uint8Array, n: Uint8Array): void
}

const sodium = untyped as Ed25519

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n
const SUITE = 0x03
const POINT_BYTES = 32
const CHALLENGE_BYTES = 16
const SCALAR_BYTES = 32
const IDENTITY = Uint8Array.of(1, ...new Uint8Array(31))

function sha512(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(VRF_OUTPUT_BYTES)
  sodium.crypto_hash_sha512(out, concatBytes(...parts))
  return out
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
}

function scalarBytes(value: bigint): Uint8Array {
  const hex = value.toString(16).padStart(2 * SCALAR_BYTES, '0')
  return Uint8Array.from(Buffer.from(hex, 'hex').reverse())
}

function times(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  const out = new Uint8Array(POINT_BYTES)
  sodium.crypto_scalarmult_ed25519_noclamp(out, scalar, point)
  return out
}

function timesBase(scalar: Uint8Array): Uint8Array {
  const out = new Uint8Array(POINT_BYTES)
  sodium.crypto_scalarmult_ed25519_base_noclamp(out, scalar)
  return out
}

function minus(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(POINT_BYTES)
  sodium.crypto_core_ed25519_sub(out, a, b)
  return out
}

/** Eight times the point, by doubling: the one way past libsodium's refusal of torsion. */
function clearCofactor(point: Uint8Array): Uint8Array {
  // A copy: `slice` of a Buffer would be a view of the caller's bytes.
  const out = Uint8Array.from(point)
  for (let i = 0; i < 3; i++) sodium.crypto_core_ed25519_add(out, out, out)
  return out
}

/** True if y < 2^255 - 19. libsodium decodes larger ones too; RFC 8032 does not. */
function isCanonical(point: Uint8Array): boolean {
  if (((point[31] as number) & 0x7f) !== 0x7f) return true
  for (let i = 30; i > 0; i--) if (point[i] !== 0xff) return true
  return (point[0] as number) < 0xed
}

/**
 * Section 5.4.1.1. The one encoding on which libsodium and RFC 8032 differ besides those above is
 * a negative zero x; such a point has order 1 or 2, and its multiple is refused here anyway.
 */
function encodeToCurve(publicKey: Uint8Array, alpha: Uint8Array): Uint8Array {
  for (let counter = 0; counter < 256; counter++) {
    const tag = Uint8Array.of(SUITE, 0x01)
    const hash = sha512(tag, publicKey, alpha, Uint8Array.of(counter, 0x00))
    const candidate = hash.subarray(0, POINT_BYTES)
    if (!isCanonical(candidate)) continue
    try {
      const point = clearCofactor(candidate)
      if (!equalBytes(point, IDENTITY)) return point
    } catch {
      // No point has this y: the next counter.
    }
  }
  throw new Error('no point was found for this input')
}

/** Section 5.4.3. */
function challenge(...points: Uint8Array[]): Uint8Array {
  const hash = sha512(Uint8Array.of(SUITE, 0x02), ...points, Uint8Array.of(0x00))
  return hash.slice(0, CHALLENGE_BYTES)
}

function outputOf(gamma: Uint8Array): Uint8Array {
  return sha512(Uint8Array.of(SUITE, 0x03), clearCofactor(gamma), Uint8Array.of(0x00))
}

/** RFC 8032, section 5.1.5: the clamped scalar, and the key of the nonces. */
function expand(secretKey: Uint8Array): { scalar: Uint8Array; nonceKey: Uint8Array } {
  if (secretKey.length !== 32) throw new Error('a VRF secret key has 32 bytes')
  const hash = sha512(secretKey)
  hash[0] = (hash[0] as number) & 248
  hash[31] = ((hash[31] as number) & 127) | 64
  return { scalar: hash.slice(0, 32), nonceKey: hash.slice(32) }
}

function prove(secretKey: Uint8Array, alpha: Uint8Array) {
  const { scalar, nonceKey } = expand(secretKey)
  const key = timesBase(scalar)
  const h = encodeToCurve(key, alpha)
  const gamma = times(scalar, h)
  const nonce = littleEndian(sha512(nonceKey, h)) % ORDER
  const nonceBytes = scalarBytes(nonce)
  const c = challenge(key, h, gamma, timesBase(nonceBytes), times(nonceBytes, h))
  const s = (nonce + littleEndian(c) * littleEndian(scalar)) % ORDER
  return { proof: concatBytes(gamma, c, scalarBytes(s)), output: outputOf(gamma) }
}

/** Throws where libsodium refuses: torsion, small order, zero scalars, no points. */
function verifyPlain(
  publicKey: Uint8Array,
  alpha: Uint8Array,
  proof: Uint8Array,
): Uint8Array | undefined {
  const gamma = proof.slice(0, POINT_BYTES)
  const c = proof.slice(POINT_BYTES, POINT_BYTES + CHALLENGE_BYTES)
  const s = proof.slice(POINT_BYTES + CHALLENGE_BYTES)
  if (littleEndian(s) >= ORDER) return undefined
  const wide = new Uint8Array(SCALAR_BYTES)
  wide.set(c)
  // These two first: they are what can be refused.
  const ofKey = times(wide, publicKey)
  const ofGamma = times(wide, gamma)
  const h = encodeToCurve(publicKey, alpha)
  const u = minus(timesBase(s), ofKey)
  const v = minus(times(s, h), ofGamma)
  return equalBytes(challenge(publicKey, h, gamma, u, v), c) ? outputOf(gamma) : undefined
}

export const vrfNative: Vrf = {
  publicKey: (secretKey) => timesBase(expand(secretKey).scalar),
  prove,
  verify(publicKey, alpha, proof) {
    if (publicKey.length !== POINT_BYTES || proof.length !== VRF_PROOF_BYTES) return undefined
    try {
      return verifyPlain(publicKey, alpha, proof)
    } catch {
      return vrfVerify(publicKey, alpha, proof)
    }
  },
}

/**
 * Milliseconds of the fastest check of several, so that a busy machine does not look like a slow
 * library. Throws if the native library and the reference disagree.
 */
export function selfTestVrf(): { msPerCheck: number } {
  const secret = new Uint8Array(32).fill(1)
  const alpha = new Uint8Array(32).fill(2)
  const expected = vrfProve(secret, alpha)
  const key = vrfPublicKey(secret)
  const made = vrfNative.prove(secret, alpha)
  let agree =
    equalBytes(vrfNative.publicKey(secret), key) &&
    equalBytes(made.proof, expected.proof) &&
    equalBytes(made.output, expected.output)
  let msPerCheck = Number.POSITIVE_INFINITY
  for (let i = 0; i < 20; i++) {
    const startedAt = performance.now()
    const output = vrfNative.verify(key, alpha, expected.proof)
    msPerCheck = Math.min(msPerCheck, performance.now() - startedAt)
    agree &&= output !== undefined && equalBytes(output, expected.output)
  }
  if (!agree) throw new Error('VRF: the native library and the reference disagree')
  return { msPerCheck }
}
