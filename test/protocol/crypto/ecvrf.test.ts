// ECVRF-EDWARDS25519-SHA512-TAI against the vectors of RFC 9381, appendix B.3 (examples 16 to 18),
// and what a verifier must refuse.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, hexToBytes } from '../../../lib/hex.ts'
import {
  VRF_PROOF_BYTES,
  vrfProve,
  vrfPublicKey,
  vrfVerify,
} from '../../../protocol/crypto/ecvrf.ts'
import { RFC_9381_VECTORS } from './rfc-9381-vectors.ts'

const bytes = (text: string) => hexToBytes(`0x${text}`)
const text = (value: Uint8Array) => bytesToHex(value).slice(2)

for (const [i, [secret, key, alpha, proof, output]] of RFC_9381_VECTORS.entries()) {
  test(`RFC 9381 appendix B.3, example ${16 + i}`, () => {
    assert.is(text(vrfPublicKey(bytes(secret))), key)
    const made = vrfProve(bytes(secret), bytes(alpha))
    assert.is(text(made.proof), proof)
    assert.is(text(made.output), output)
    assert.equal(vrfVerify(bytes(key), bytes(alpha), bytes(proof)), bytes(output))
  })
}

test('no changed byte of key, input or proof verifies', () => {
  const [, key, alpha, proof] = RFC_9381_VECTORS[2]
  const all = [key, alpha, proof].map(bytes) as [Uint8Array, Uint8Array, Uint8Array]
  fc.assert(
    fc.property(fc.nat(2), fc.nat(), fc.integer({ min: 1, max: 255 }), (which, at, change) => {
      const copy = all.map((one) => one.slice()) as typeof all
      const bent = copy[which] as Uint8Array
      bent[at % bent.length] = (bent[at % bent.length] as number) ^ change
      assert.is(vrfVerify(...copy), undefined)
    }),
    { numRuns: 60 },
  )
})

test('malformed input is refused, never thrown', () => {
  const [, key, alpha, proof] = RFC_9381_VECTORS[1]
  const order = bytes('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010')
  const large = bytes(proof)
  large.set(order, VRF_PROOF_BYTES - 32)
  for (const bad of [
    new Uint8Array(0),
    bytes(proof).slice(1),
    new Uint8Array(80).fill(255),
    large,
  ]) {
    assert.is(vrfVerify(bytes(key), bytes(alpha), bad), undefined)
  }
  assert.is(vrfVerify(new Uint8Array(31), bytes(alpha), bytes(proof)), undefined)
  assert.throws(() => vrfProve(new Uint8Array(31), bytes(alpha)), '32 bytes')
})

test('a key of small order proves nothing', () => {
  const identity = new Uint8Array(32)
  identity[0] = 1
  const zero = new Uint8Array(32)
  for (const key of [identity, zero]) {
    const proof = new Uint8Array(VRF_PROOF_BYTES)
    proof.set(identity)
    assert.is(vrfVerify(key, new Uint8Array(0), proof), undefined)
  }
})

test.run()
