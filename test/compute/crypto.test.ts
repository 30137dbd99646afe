// Native signatures against the reference: the same bytes, the same verdicts, no exception.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import { secp256k1Native, selfTestSecp256k1 } from '../../compute/crypto/secp256k1-native.ts'
import { bytesToHex } from '../../lib/hex.ts'
import { blsNoble } from '../../protocol/crypto/bls-noble.ts'
import { secp256k1Noble } from '../../protocol/crypto/secp256k1-noble.ts'

const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => {
  // Below both curves' orders, and not zero.
  const safe = Uint8Array.from(bytes)
  safe[0] = 0
  safe[31] = (safe[31] as number) | 1
  return safe
})
const message = fc.uint8Array({ minLength: 32, maxLength: 32 })

test('BLS: keys, signatures, aggregates and verdicts are noble’s', () => {
  fc.assert(
    fc.property(key, key, message, (a, b, m) => {
      const [pa, pb] = [blsNative.publicKey(a), blsNative.publicKey(b)]
      assert.is(bytesToHex(pa), bytesToHex(blsNoble.publicKey(a)))
      const [sa, sb] = [blsNative.sign(a, m), blsNoble.sign(b, m)]
      assert.is(bytesToHex(sa), bytesToHex(blsNoble.sign(a, m)))
      const both = blsNative.aggregate([sa, sb])
      assert.is(bytesToHex(both), bytesToHex(blsNoble.aggregate([sa, sb])))
      assert.ok(blsNative.verifyAggregate([pa, pb], m, both))
      assert.ok(blsNoble.verifyAggregate([pa, pb], m, both))
      if (bytesToHex(pa) !== bytesToHex(pb)) assert.not.ok(blsNative.verify(pa, m, sb))
    }),
    { numRuns: 4 },
  )
})

test('BLS: malformed keys and signatures are refused, never thrown', () => {
  const pk = blsNative.publicKey(new Uint8Array(32).fill(3))
  const sig = blsNative.sign(new Uint8Array(32).fill(3), new Uint8Array(32))
  const lengths = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.uint8Array({ minLength: 96, maxLength: 96 }),
  )
  fc.assert(
    fc.property(lengths, message, (bytes, m) => {
      assert.is(blsNative.verify(pk, m, bytes), false)
      assert.is(blsNative.verify(bytes, m, sig), false)
      assert.is(blsNative.verifyAggregate([bytes], m, sig), false)
    }),
    { numRuns: 100 },
  )
  assert.is(blsNative.verifyAggregate([], new Uint8Array(32), sig), false)
})

test('BLS: possession of one key proves nothing for another', () => {
  const [a, b] = [new Uint8Array(32).fill(5), new Uint8Array(32).fill(6)]
  const proof = blsNative.provePossession(a)
  assert.ok(blsNative.verifyPossession(blsNative.publicKey(a), proof))
  assert.not.ok(blsNative.verifyPossession(blsNative.publicKey(b), proof))
  const vote = blsNative.sign(a, blsNative.publicKey(a))
  assert.not.ok(blsNative.verifyPossession(blsNative.publicKey(a), vote), 'another domain')
})

test('secp256k1: signatures and senders are noble’s; high s and rubbish are refused', () => {
  fc.assert(
    fc.property(key, message, fc.uint8Array({ minLength: 65, maxLength: 65 }), (k, m, rubbish) => {
      const signature = secp256k1Native.sign(k, m)
      assert.is(bytesToHex(signature), bytesToHex(secp256k1Noble.sign(k, m)))
      const mine = secp256k1Native.recoverAddress(m, signature)
      const theirs = secp256k1Noble.recoverAddress(m, signature)
      assert.is(bytesToHex(mine as Uint8Array), bytesToHex(theirs as Uint8Array))
      const [a, b] = [secp256k1Native, secp256k1Noble].map((one) => one.recoverAddress(m, rubbish))
      assert.is(a && bytesToHex(a), b && bytesToHex(b))
    }),
    { numRuns: 30 },
  )
  const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
  const signature = secp256k1Native.sign(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2))
  const s = BigInt(bytesToHex(signature.subarray(32, 64)))
  const high = Uint8Array.from(signature)
  high.set(Buffer.from((n - s).toString(16).padStart(64, '0'), 'hex'), 32)
  high[64] = 1 - (high[64] as number)
  assert.is(secp256k1Native.recoverAddress(new Uint8Array(32).fill(2), high), undefined)
  assert.ok(selfTestSecp256k1().msPerRecovery > 0)
})

test.run()
