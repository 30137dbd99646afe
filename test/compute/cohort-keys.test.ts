// Sums of keys by cohort: cached, fresh and blst's own FastAggregateVerify give one verdict,
// whoever is absent, within any limit of memory; the key book's one signature is the aggregate.

import blst from '@chainsafe/blst'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import { CohortKeys } from '../../compute/crypto/cohort-keys.ts'
import { KeyBook, keyBookPublicKeys } from '../../compute/crypto/key-book.ts'
import { bigintToBytes, bytesToBigint, concatBytes } from '../../lib/bytes.ts'
import { prng } from '../../lib/prng.ts'
import { blsNoble } from '../../protocol/crypto/bls-noble.ts'
import { type Signers, signersOfIndices } from '../../protocol/rollup/signers.ts'

const SEED = new Uint8Array(32).fill(9)
const COHORTS = 3
const ACCOUNTS = COHORTS * 4096
const book = new KeyBook(SEED, keyBookPublicKeys(SEED, ACCOUNTS))
const digest = new Uint8Array(32).fill(4)

/** Accounts present by shares of the cohorts: 1 is everybody, 0 nobody. */
function choose(seed: string, shares: readonly number[]): Uint32Array {
  const random = prng(seed)
  const chosen: number[] = []
  for (let i = 0; i < ACCOUNTS; i++) {
    const share = shares[i >> 12] as number
    if (share === 1 || random.chance(share)) chosen.push(i)
  }
  return Uint32Array.from(chosen)
}

test('the key book: public keys are those of the secret keys, one signature is the aggregate', () => {
  const indices = Uint32Array.of(0, 1, 7, 4095, 4096, ACCOUNTS - 1)
  for (const i of indices) {
    const key = blst.PublicKey.fromBytes(book.keyOf(i) as Uint8Array, true)
    assert.equal(key.toBytes(), blsNoble.publicKey(book.secretKey(i)))
  }
  const each = [...indices].map((i) => blsNative.sign(book.secretKey(i), digest))
  assert.equal(book.cosign(indices, digest), blsNative.aggregate(each))
  assert.equal(book.cosign(indices, digest), blsNoble.aggregate(each))
  assert.is(book.keyOf(ACCOUNTS), undefined)
  assert.is(book.spendKeyOf(ACCOUNTS), undefined)
})

test('cached, fresh and blst agree, whoever is absent; also with room for one cohort', () => {
  const cached = new CohortKeys(book, { sums: 'cached' })
  const small = new CohortKeys(book, { sums: 'cached', bytesMax: 1_000_000 })
  const fresh = new CohortKeys(book, { sums: 'fresh' })
  const share = fc.oneof(
    fc.constantFrom(0, 1, 0.95, 0.5, 0.001, 0.02),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  fc.assert(
    fc.property(fc.string(), share, share, share, fc.nat(), (seed, a, b, c, other) => {
      const indices = choose(seed, [a, b, c])
      if (indices.length === 0) return
      const signers = signersOfIndices(indices)
      const good = book.cosign(indices, digest)
      // One more, one fewer, or another one: all of them wrong.
      const wrong = new Set(indices)
      const index = other % ACCOUNTS
      if (!wrong.delete(index)) wrong.add(index)
      const bad = wrong.size ? book.cosign(Uint32Array.from(wrong), digest) : new Uint8Array(96)
      const keys = [...indices].map((i) => blst.PublicKey.fromBytes(book.keyOf(i) as Uint8Array))
      const bare = (s: Uint8Array) =>
        blst.fastAggregateVerify(digest, keys, blst.Signature.fromBytes(s), true)
      assert.ok(bare(good))
      for (const sums of [cached, small, fresh]) {
        assert.ok(sums.verify(signers, digest, good))
        assert.not.ok(sums.verify(signers, digest, bad))
      }
      assert.ok(small.bytesHeld < 1_100_000)
    }),
    { numRuns: 25 },
  )
})

test('48-byte keys give the same', () => {
  const short = {
    keyOf: (i: number) => blst.PublicKey.fromBytes(book.keyOf(i) as Uint8Array).toBytes(),
    spendKeyOf: (i: number) => book.spendKeyOf(i),
  }
  const keys = new CohortKeys(short, { sums: 'cached' })
  const indices = choose('short', [0.1, 0, 0.005])
  assert.ok(keys.verify(signersOfIndices(indices), digest, book.cosign(indices, digest)))
})

test('nobody, unknown accounts and rubbish are refused, never thrown', () => {
  let registered = 4000
  const partly = {
    keyOf: (i: number) => (i < registered ? book.keyOf(i) : undefined),
    spendKeyOf: () => undefined,
  }
  for (const sums of ['cached', 'fresh'] as const) {
    registered = 4000
    const keys = new CohortKeys(partly, { sums })
    const nobody: Signers = { dense: [], sparse: new Uint32Array(0) }
    const all: Signers = { dense: [{ cohort: 0, present: undefined }], sparse: new Uint32Array(0) }
    const one: Signers = { dense: [], sparse: Uint32Array.of(5) }
    const unknown: Signers = { dense: [], sparse: Uint32Array.of(4001) }
    const everybody = Uint32Array.from({ length: 4096 }, (_, i) => i)
    const signature = book.cosign(everybody, digest)
    const infinity = new Uint8Array(96)
    infinity[0] = 0xc0
    assert.not.ok(keys.verify(nobody, digest, infinity))
    assert.not.ok(keys.verify(all, digest, signature), 'a member is not registered')
    assert.not.ok(keys.verify(unknown, digest, book.cosign(Uint32Array.of(4001), digest)))
    assert.not.ok(keys.verify(one, digest, infinity))
    assert.not.ok(keys.verify(one, digest, new Uint8Array(96).fill(0xff)))
    const long = blst.Signature.fromBytes(book.cosign(Uint32Array.of(5), digest)).toBytes(false)
    assert.not.ok(keys.verify(one, digest, long), 'one encoding only')
    assert.ok(keys.verify(one, digest, book.cosign(Uint32Array.of(5), digest)))
    // Whoever registers later is there at once: nothing was summed without him.
    registered = 4096
    assert.ok(keys.verify(all, digest, signature))
  }
})

test('keys that cancel out sum to nothing, and nothing is no signer', () => {
  const order = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n
  const secret = bytesToBigint(book.secretKey(3))
  const key = (s: bigint) =>
    blst.SecretKey.fromBytes(bigintToBytes(s, 32)).toPublicKey().toBytes(false)
  const pair = [key(secret), key(order - secret)]
  const mirrored = {
    keyOf: (i: number) => (i < 2 ? pair[i] : book.keyOf(i)),
    spendKeyOf: () => undefined,
  }
  const infinity = new Uint8Array(96)
  infinity[0] = 0xc0
  for (const sums of ['cached', 'fresh'] as const) {
    const keys = new CohortKeys(mirrored, { sums })
    const present = new Uint8Array(512)
    present[0] = 0b11
    const both: Signers = { dense: [{ cohort: 0, present }], sparse: new Uint32Array(0) }
    assert.not.ok(keys.verify(both, digest, infinity))
    present[0] = 0b10_0011
    const three: Signers = { dense: [{ cohort: 0, present }], sparse: new Uint32Array(0) }
    assert.ok(keys.verify(three, digest, book.cosign(Uint32Array.of(5), digest)), sums)
  }
})

test('a registration that was undone leaves no trace in any sum', () => {
  let swapped = false
  // After the undoing, account 9's index belongs to whoever has account 5000's key.
  const registry = {
    keyOf: (i: number) => book.keyOf(swapped && i === 9 ? 5000 : i),
    spendKeyOf: () => undefined,
  }
  const everybody = Uint32Array.from({ length: 4096 }, (_, i) => i)
  const before = book.cosign(everybody, digest)
  const half = everybody.subarray(0, 2048)
  const swap = (indices: Uint32Array) => indices.map((i) => (i === 9 ? 5000 : i))
  const after = book.cosign(swap(everybody), digest)
  for (const sums of ['cached', 'fresh'] as const) {
    swapped = false
    const keys = new CohortKeys(registry, { sums })
    const check = (indices: Uint32Array, signature: Uint8Array) =>
      keys.verify(signersOfIndices(indices), digest, signature)
    assert.ok(check(everybody, before))
    assert.ok(check(half, book.cosign(half, digest)))
    swapped = true
    keys.forget(9)
    keys.forget(3 * 4096)
    assert.not.ok(check(everybody, before))
    assert.ok(check(everybody, after))
    assert.ok(check(half, book.cosign(swap(half), digest)))
  }
})

test('an aggregate moved out of the group is refused', () => {
  const { Point } = bls12_381.G2
  const { Fp2 } = bls12_381.fields
  // Any point of the curve times the order of the group: what is left has another order.
  let outside = Point.ZERO
  for (let c0 = 1n; c0 < 20n && outside.is0(); c0++) {
    const x = Fp2.create({ c0, c1: 0n })
    const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), Fp2.create({ c0: 4n, c1: 4n }))
    try {
      const point = Point.fromAffine({ x, y: Fp2.sqrt(square) })
      outside = point.multiplyUnsafe(Point.Fn.ORDER - 1n).add(point)
    } catch {
      // No point has this x.
    }
  }
  assert.not.ok(outside.is0())
  const indices = Uint32Array.of(1, 2, 3)
  const good = book.cosign(indices, digest)
  // noble does not write such a point: 192 bytes by hand, which blst compresses unseen.
  const { x, y } = Point.fromBytes(good).add(outside).toAffine()
  const long = concatBytes(...[x.c1, x.c0, y.c1, y.c0].map((part) => bigintToBytes(part, 48)))
  const moved = blst.Signature.fromBytes(long).toBytes()
  assert.not.throws(() => blst.Signature.fromBytes(moved))
  assert.throws(() => blst.Signature.fromBytes(moved, true))
  for (const sums of ['cached', 'fresh'] as const) {
    const keys = new CohortKeys(book, { sums })
    assert.ok(keys.verify(signersOfIndices(indices), digest, good))
    assert.not.ok(keys.verify(signersOfIndices(indices), digest, moved))
  }
})

test.run()
