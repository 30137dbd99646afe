// The VRF by libsodium against the reference: the same bytes and, above all, the same verdicts, on
// whatever a leader could put into a block. One differing verdict would split the chain.

import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { selfTestVrf, vrfNative } from '../../compute/crypto/vrf-native.ts'
import { concatBytes } from '../../lib/bytes.ts'
import { bytesToHex, hexToBytes } from '../../lib/hex.ts'
import { vrfProve, vrfPublicKey, vrfVerify } from '../../protocol/crypto/ecvrf.ts'
import { RFC_9381_VECTORS } from '../protocol/crypto/rfc-9381-vectors.ts'

const { Point } = ed25519
type Point = InstanceType<typeof Point>
const ORDER = Point.Fn.ORDER
const P = 2n ** 255n - 19n

const hex = (value: Uint8Array | undefined) => value && bytesToHex(value)
const bytes = (text: string) => hexToBytes(`0x${text}`)
const size = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

function little(value: bigint, length = 32): Uint8Array {
  const padded = value.toString(16).padStart(2 * length, '0')
  return Uint8Array.from(Buffer.from(padded, 'hex').reverse())
}

/** Both verdicts, which must be one. */
function verdict(key: Uint8Array, alpha: Uint8Array, proof: Uint8Array): string | undefined {
  const expected = hex(vrfVerify(key, alpha, proof))
  const given = hex(vrfNative.verify(key, alpha, proof))
  assert.is(given, expected, `key ${hex(key)} alpha ${hex(alpha)} proof ${hex(proof)}`)
  return given
}

const torsion = ED25519_TORSION_SUBGROUP.map((text) => Point.fromHex(text))

/** Every encoding with y >= p, and the canonical and other encodings of small order. */
const odd: Uint8Array[] = [...torsion.map((point) => point.toBytes())]
for (let y = P; y < 2n ** 255n; y++) odd.push(little(y), little(y + 2n ** 255n))
for (const y of [0n, 1n, P - 1n]) odd.push(little(y), little(y + 2n ** 255n))

test('the examples of RFC 9381', () => {
  for (const [secret, key, alpha, proof, output] of RFC_9381_VECTORS) {
    assert.is(hex(vrfNative.publicKey(bytes(secret))), `0x${key}`)
    const made = vrfNative.prove(bytes(secret), bytes(alpha))
    assert.is(hex(made.proof), `0x${proof}`)
    assert.is(hex(made.output), `0x${output}`)
    assert.is(verdict(bytes(key), bytes(alpha), bytes(proof)), `0x${output}`)
  }
})

test('keys, proofs and outputs are the reference’s; buffers are not written to', () => {
  fc.assert(
    fc.property(size(32), fc.uint8Array({ maxLength: 100 }), (secret, alpha) => {
      const expected = vrfProve(secret, alpha)
      const made = vrfNative.prove(secret, alpha)
      assert.is(hex(vrfNative.publicKey(secret)), hex(vrfPublicKey(secret)))
      assert.is(hex(made.proof), hex(expected.proof))
      assert.is(hex(made.output), hex(expected.output))
      const buffer = Buffer.from(made.proof)
      assert.is(verdict(vrfPublicKey(secret), alpha, buffer), hex(made.output))
      assert.is(hex(buffer), hex(made.proof))
    }),
    { numRuns: 40 },
  )
  for (const prove of [vrfNative.prove, vrfProve]) {
    assert.throws(() => prove(new Uint8Array(31), new Uint8Array(0)), '32 bytes')
  }
})

test('bent and random bytes get the reference’s verdict', () => {
  const [secret, , alpha] = RFC_9381_VECTORS[2]
  const good = [
    vrfPublicKey(bytes(secret)),
    bytes(alpha),
    vrfProve(bytes(secret), bytes(alpha)).proof,
  ]
  const byte = fc.integer({ min: 1, max: 255 })
  fc.assert(
    fc.property(fc.nat(2), fc.nat(), byte, (which, at, change) => {
      const copy = good.map((one) => one.slice()) as [Uint8Array, Uint8Array, Uint8Array]
      const bent = copy[which] as Uint8Array
      bent[at % bent.length] = (bent[at % bent.length] as number) ^ change
      assert.is(verdict(...copy), undefined)
    }),
    { numRuns: 150 },
  )
  const compare = (...all: [Uint8Array, Uint8Array, Uint8Array]) => {
    verdict(...all)
  }
  fc.assert(fc.property(size(32), size(9), size(80), compare), { numRuns: 100 })
  const lengths = fc.uint8Array({ maxLength: 90 })
  fc.assert(fc.property(lengths, size(9), lengths, compare), { numRuns: 50 })
})

/**
 * A prover who owns the secret scalar `x` and puts small-order points into his key and his Gamma:
 * for the c of the right residue the equations still hold. Returns a proof that the reference
 * accepts, or undefined.
 */
function proofWithTorsion(x: bigint, inKey: Point, inGamma: Point, alpha: Uint8Array) {
  const keyPoint = Point.BASE.multiply(x).add(inKey)
  const key = keyPoint.toBytes()
  const h = hashToPoint(key, alpha)
  const gamma = h.multiply(x).add(inGamma)
  for (let k = 1n; k < 80n; k++) {
    const points = [keyPoint, h, gamma, Point.BASE.multiply(k), h.multiply(k)]
    const parts = points.map((point) => point.toBytes())
    const c = sha512(concatBytes(Uint8Array.of(3, 2), ...parts, Uint8Array.of(0))).slice(0, 16)
    const value = BigInt(`0x${Buffer.from(c).reverse().toString('hex')}`)
    const proof = concatBytes(gamma.toBytes(), c, little((k + value * x) % ORDER))
    if (value % 8n === 0n) return { key, proof }
  }
  return undefined
}

function hashToPoint(key: Uint8Array, alpha: Uint8Array): Point {
  for (let counter = 0; ; counter++) {
    const end = Uint8Array.of(counter, 0)
    const hash = sha512(concatBytes(Uint8Array.of(3, 1), key, alpha, end))
    try {
      return Point.fromBytes(hash.slice(0, 32)).clearCofactor()
    } catch {}
  }
}

test('keys and proofs with torsion: the same verdict, which can be yes', () => {
  let accepted = 0
  for (const [i, inKey] of torsion.entries()) {
    const inGamma = torsion[(i * 3 + 1) % torsion.length] as Point
    const alpha = Uint8Array.of(i)
    const made = proofWithTorsion(123456789n + BigInt(i), inKey, inGamma, alpha)
    if (made && verdict(made.key, alpha, made.proof) !== undefined) accepted++
    if (made) verdict(made.key, Uint8Array.of(99), made.proof)
  }
  assert.ok(accepted >= 6, `only ${accepted} accepted`)
})

test('small order, encodings beyond p, zero and overlong scalars: the same verdict', () => {
  const secret = new Uint8Array(32).fill(7)
  const key = vrfPublicKey(secret)
  const alpha = Uint8Array.of(1)
  const { proof } = vrfProve(secret, alpha)
  const scalars = [0n, 1n, ORDER - 1n, ORDER, ORDER + 1n, 2n ** 255n, 2n ** 256n - 1n]
  for (const point of odd) {
    verdict(point, alpha, proof)
    verdict(key, alpha, concatBytes(point, proof.slice(32)))
    for (const s of [0n, 1n]) {
      verdict(key, alpha, concatBytes(point, new Uint8Array(16), little(s)))
      verdict(point, alpha, concatBytes(point, new Uint8Array(16), little(s)))
    }
  }
  const gamma = proof.slice(0, 32)
  for (const s of scalars) {
    for (const c of [0n, 1n, 2n ** 128n - 1n]) {
      verdict(key, alpha, concatBytes(gamma, little(c, 16), little(s)))
    }
  }
})

test('the self-test agrees and measures', () => {
  assert.ok(selfTestVrf().msPerCheck > 0)
})

test.run()
