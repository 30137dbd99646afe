// Sums of keys by cohort: cached, fresh and blst's own FastAggregateVerify give one verdict,
// whoever is absent, within any limit of memory; the key book's one signature is the aggregate.

import blst from '@chainsafe/blst'
import { bls12_381 } from '@noble/curves/bls12-381.js'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../compute/crypto/bls-native.ts'
import { COHORT_BYTES, CohortKeys } from '../../compute/crypto/cohort-keys.ts'
import { CHUNK_SIZE, CHUNKS, CohortPlanner } from '../../compute/crypto/cohort-plan.ts'
import { KeyBook, keyBookPublicKeys } from '../../compute/crypto/key-book.ts'
import { makeKeys } from '../../compute/crypto/make-keys.ts'
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
  const key = (s: bigint) =>
    blst.SecretKey.fromBytes(bigintToBytes(s, 32)).toPublicKey().toBytes(false)
  // The first chunk is eight pairs that cancel out.
  const pairs = Array.from({ length: 16 }, (_, i) => {
    const secret = bytesToBigint(book.secretKey(i >> 1))
    return key(i % 2 === 0 ? secret : order - secret)
  })
  const mirrored = { keyOf: (i: number) => pairs[i] ?? book.keyOf(i), spendKeyOf: () => undefined }
  const infinity = new Uint8Array(96)
  infinity[0] = 0xc0
  const others = Uint32Array.from({ length: 4096 - 16 }, (_, i) => 16 + i)
  const range = (from: number, to: number) => [...new Array(to - from).keys()].map((i) => from + i)
  for (const sums of ['cached', 'fresh'] as const) {
    const keys = new CohortKeys(mirrored, { sums })
    const check = (members: readonly number[], signature: Uint8Array) => {
      const present = new Uint8Array(512)
      for (const i of members) present[i >> 3] = (present[i >> 3] as number) | (1 << (i & 7))
      return keys.verify(
        { dense: [{ cohort: 0, present }], sparse: new Uint32Array(0) },
        digest,
        signature,
      )
    }
    assert.not.ok(check([0, 1], infinity))
    assert.not.ok(check(range(0, 16), infinity))
    assert.ok(check([0, 1, 20], book.cosign(Uint32Array.of(20), digest)), sums)
    // What is added, and what is taken away, may be nothing by itself.
    const all = book.cosign(others, digest)
    assert.ok(check(range(0, 4096), all))
    assert.ok(check(range(2, 4096), all))
    assert.ok(check(range(16, 4096), all))
    assert.not.ok(check(range(1, 4096), all))
  }
})

test('keys that were made ahead give the same verdict, and none are made twice', () => {
  const short = {
    keyOf: (i: number) => blst.PublicKey.fromBytes(book.keyOf(i) as Uint8Array).toBytes(),
    spendKeyOf: () => undefined,
  }
  let asked = 0
  const registry = {
    ...short,
    keyOf: (i: number) => {
      asked++
      return i < 4096 + 40 ? short.keyOf(i) : undefined
    },
  }
  const keys = new CohortKeys(registry, { sums: 'cached', bytesMax: 2.5 * COHORT_BYTES })
  for (const [first, count] of [
    [0, 4096],
    [4096, 40],
  ] as const) {
    const run = keys.runOf(first, count)
    assert.ok(run)
    keys.hold(run, makeKeys(run))
    assert.is(keys.runOf(first, count), undefined)
  }
  assert.is(keys.runOf(4096 + 40, 1), undefined, 'nobody is registered there')
  asked = 0
  for (const share of [0.95, 0.5, 0.03]) {
    const indices = choose(`ahead ${share}`, [share, 0, 0])
    const both = Uint32Array.from([...indices, ...Array.from({ length: 40 }, (_, i) => 4096 + i)])
    const good = book.cosign(both, digest)
    assert.ok(keys.verify(signersOfIndices(both), digest, good))
    assert.not.ok(keys.verify(signersOfIndices(both.subarray(1)), digest, good))
  }
  assert.is(asked, 0)
  const full = new CohortKeys(book, { sums: 'cached', bytesMax: COHORT_BYTES - 1 })
  assert.is(full.runOf(0, 4096), undefined, 'there is no room')
})

test('a plan is right, and takes at most one part for each who is absent, besides the whole', () => {
  const planner = new CohortPlanner()
  const weight = (member: number) => member * member + 1
  const sumOf = (node: number): number => {
    if (node < CHUNKS) return sumOf(2 * node) + sumOf(2 * node + 1)
    let sum = 0
    for (let i = 0; i < CHUNK_SIZE; i++) sum += weight((node - CHUNKS) * CHUNK_SIZE + i)
    return sum
  }
  fc.assert(
    fc.property(fc.string(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, share) => {
      const random = prng(seed)
      const present = new Uint8Array(512)
      let [wanted, there] = [0, 0]
      for (let i = 0; i < 4096; i++) {
        if (!random.chance(share)) continue
        present[i >> 3] = (present[i >> 3] as number) | (1 << (i & 7))
        wanted += weight(i)
        there++
      }
      const isKnown = random.chance(0.5)
      const known = new Set(
        [...new Array(CHUNKS).keys()].filter(() => isKnown || random.chance(0.9)),
      )
      const plan = planner.make(present, (chunk) => known.has(chunk))
      const add = (list: readonly number[], value: (i: number) => number) =>
        list.reduce((sum, i) => sum + value(i), 0)
      const { plusNodes, plusMembers, minusNodes, minusMembers } = plan
      const got =
        add(plusNodes, sumOf) +
        add(plusMembers, weight) -
        add(minusNodes, sumOf) -
        add(minusMembers, weight)
      assert.is(got, wanted)
      const parts = [plusNodes, plusMembers, minusNodes, minusMembers].flat().length
      assert.ok(parts <= there)
      if (isKnown) assert.ok(parts <= 1 + 4096 - there)
      for (const member of minusMembers) assert.ok(known.has(Math.floor(member / CHUNK_SIZE)))
    }),
    { numRuns: 60 },
  )
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
