// Committees: the draw is the same for everybody, fair, and another one for each shard and epoch; a
// certificate holds with more than two thirds of the seats and not with fewer, of this claim alone.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Hex } from '../../../lib/hex.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import { prng } from '../../../lib/prng.ts'
import { encodeRlp, RlpError } from '../../../protocol/rlp/rlp.ts'
import {
  attestationDigest,
  checkBatchCertificate,
  decodeBatchCertificate,
  encodeBatchCertificate,
} from '../../../protocol/rollup/batch-certificate.ts'
import { drawCommittee, isCommitteeQuorum } from '../../../protocol/rollup/committee.ts'
import { simBls } from '../../sim/sim-crypto.ts'

const GENESIS: Hex = `0x${'61'.repeat(32)}`
const CLAIM: Hex = `0x${'c1'.repeat(32)}`

const secret = (i: number) => {
  const bytes = new Uint8Array(32).fill(7)
  new DataView(bytes.buffer).setUint32(0, i)
  return bytes
}

/** So many validators, the first ones authorities; stake of the ith is `stakes(i)`. */
function rulesOf(count: number, mode: 0 | 1 | 2, epoch = 1, stakes = (_: number) => 10n) {
  const validators = Array.from({ length: count }, (_, index) => ({
    index,
    name: `v${index}`,
    address: `0x${index.toString(16).padStart(40, '0')}` as Hex,
    blsPublicKey: bytesToHex(simBls.publicKey(secret(index))),
    vrfPublicKey: CLAIM,
    stake: stakes(index),
    authority: true,
  }))
  const seed: Hex = `0x${'5e'.repeat(32)}`
  return { mode, epoch, seed, set: { epoch, validators } } as never as Parameters<
    typeof drawCommittee
  >[0]
}

test('a draw can be made again, takes no authority twice, is its own for shard and epoch', () => {
  const of = (epoch: number, shard: number) =>
    drawCommittee(rulesOf(100, 0, epoch), shard, 20).members.map(({ validator }) => validator)
  assert.equal(of(1, 0), of(1, 0))
  assert.is(new Set(of(1, 0)).size, 20)
  assert.is(new Set([of(1, 0), of(1, 1), of(2, 0)].map(String)).size, 3)
  const all = drawCommittee(rulesOf(4, 0), 0, 20)
  assert.is(all.seats, 4)
  assert.equal(all.members.map(({ validator }) => validator).sort(), [0, 1, 2, 3])
})

test('authorities are drawn alike, in each place; others as often as their stake says', () => {
  const ROUNDS = 2000
  const first = new Array(10).fill(0)
  const seats = new Array(10).fill(0)
  for (let epoch = 1; epoch <= ROUNDS; epoch++) {
    const { members } = drawCommittee(rulesOf(10, 0, epoch), 3, 4)
    first[members[0]?.validator as number]++
    // The ith has stake i: 45 in all.
    const byStake = drawCommittee(
      rulesOf(10, 2, epoch, (i) => BigInt(i)),
      3,
      9,
    )
    assert.is(byStake.seats, 9)
    for (const { validator, seats: count } of byStake.members) seats[validator] += count
  }
  for (let i = 0; i < 10; i++) {
    // Five standard deviations.
    assert.ok(Math.abs(first[i] - ROUNDS / 10) < 5 * Math.sqrt(ROUNDS * 0.09), `${i}: ${first[i]}`)
    const p = i / 45
    const expected = 9 * ROUNDS * p
    assert.ok(
      Math.abs(seats[i] - expected) <= 5 * Math.sqrt(expected * (1 - p)),
      `${i}: ${seats[i]}`,
    )
  }
})

test('a certificate: more than two thirds of the seats, of this claim, by these members', () => {
  const of = { genesisHash: GENESIS, claim: CLAIM }
  const digest = attestationDigest(GENESIS, CLAIM)
  const property = fc.property(
    fc.string(),
    fc.constantFrom(0 as const, 2 as const),
    (seed, mode) => {
      const random = prng(`committee/${seed}`)
      const rules = rulesOf(12, mode, 1 + random.below(1000), (i) => BigInt(1 + i))
      const committee = drawCommittee(rules, random.below(64), 1 + random.below(20))
      const { members } = committee
      const places = members.map((_, i) => i).filter(() => random.chance(0.8))
      const signed = places.reduce((sum, at) => sum + (members[at]?.seats as number), 0)
      const isEnough = signed / committee.seats > 2 / 3 + 1e-12
      assert.is(isCommitteeQuorum(committee, places), isEnough)
      const secrets = places.map((at) => secret(members[at]?.validator as number))
      if (places.length === 0) return
      const signature = simBls.aggregate(secrets.map((key) => simBls.sign(key, digest)))
      const made = decodeBatchCertificate(encodeBatchCertificate({ signers: places, signature }))
      assert.equal(made, { signers: places, signature })
      const check = (certificate: typeof made, about = of) =>
        checkBatchCertificate(certificate, committee, rules.set, about, simBls)
      assert.is(check(made), isEnough ? '' : 'NO_QUORUM')
      if (!isEnough) return
      assert.is(check(made, { ...of, claim: GENESIS }), 'BAD_CERTIFICATE')
      assert.is(check(made, { ...of, genesisHash: CLAIM }), 'BAD_CERTIFICATE')
      assert.is(check({ ...made, signers: [...places, members.length] }), 'UNKNOWN_MEMBER')
      const without = places.slice(1)
      const enough = isCommitteeQuorum(committee, without)
      assert.is(check({ ...made, signers: without }), enough ? 'BAD_CERTIFICATE' : 'NO_QUORUM')
    },
  )
  fc.assert(property, { numRuns: 60, includeErrorInReport: true })
  for (const bits of [[], [1, 0], new Array(129).fill(255)]) {
    const bytes = encodeBatchCertificate({ signers: [0], signature: new Uint8Array(96) })
    assert.ok(bytes.length > 96)
    assert.throws(
      () => decodeBatchCertificate(encodeForged(bits)),
      (error: unknown) => error instanceof RlpError,
    )
  }
})

function encodeForged(bits: readonly number[]): Uint8Array {
  return encodeRlp([Uint8Array.from(bits), new Uint8Array(96)])
}

/** P[more than two thirds of `seats` are false], each with probability a third. */
function falseCommittee(seats: number): number {
  let tail = 0
  let term = (2 / 3) ** seats
  for (let k = 0; k <= seats; k++) {
    if (3 * k > 2 * seats) tail += term
    term *= ((seats - k) / (k + 1)) * 0.5
  }
  return tail
}

test('how rarely a committee is false, as the page of the rollup says', () => {
  assert.ok(falseCommittee(32) < 1e-4 && falseCommittee(32) > 1e-5)
  assert.ok(falseCommittee(64) < 1e-7 && falseCommittee(64) > 1e-9)
  assert.ok(falseCommittee(128) < 1e-13)
})

test.run()
