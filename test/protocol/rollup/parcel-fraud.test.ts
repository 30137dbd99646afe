// What crosses shards: whatever a sequencer says of credits that it was sent or sends, other than
// as it is, is proved by one of them; and nothing that is true can be proved false.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { prng } from '../../../lib/prng.ts'
import { findFraud } from '../../../protocol/rollup/find-fraud.ts'
import { encodeFraudProof, FRAUD_KINDS } from '../../../protocol/rollup/fraud-proof.ts'
import { leafAt } from '../../../protocol/rollup/fraud-search.ts'
import { KIND } from '../../../protocol/rollup/trace.ts'
import { verifyFraudProof } from '../../../protocol/rollup/verify-fraud.ts'
import { CROSS_LIES, crossLie, FORGERIES } from './cross-lies.ts'
import { anyProof, caught } from './fraud-checks.ts'
import { LIES, lie } from './fraud-lies.ts'
import { recommit, type World } from './fraud-world.ts'
import { HonestEvidence } from './honest-evidence.ts'
import { parcelWorld } from './parcel-world.ts'

const isOfTheRoot = (what: string) => /^(record|number|depth|size)/.test(what)

test('every lie about what crosses shards is proved, against who told it', () => {
  const ofOutboxes = new Set<string>()
  for (const what of [...LIES, ...CROSS_LIES]) {
    let told = 0
    for (let i = 0; i < 40 && told < 5; i++) {
      const random = prng(`${what} ${i}`)
      const count = 1 + random.below(3)
      const world = parcelWorld(`${what} world ${i}`, 1 + random.below(3), count)
      const at = isOfTheRoot(what) ? count - 1 : random.below(count)
      const isTold = LIES.includes(what as (typeof LIES)[number])
        ? lie(world, what as (typeof LIES)[number], at, random)
        : crossLie(world, what, at, random)
      if (!isTold) continue
      recommit(world)
      told++
      const { kind } = caught(world, at, what)
      if (what.startsWith('outbox')) ofOutboxes.add(kind)
    }
    assert.is(told, 5, what)
  }
  assert.equal([...ofOutboxes].sort(), ['SENT', 'SENT_LESS', 'SENT_ORDER', 'SENT_SUM'])
})

test('a sequencer that executes other credits than were sent is proved by one of them', () => {
  for (const [what, forge] of Object.entries(FORGERIES)) {
    let told = 0
    for (let i = 0; i < 20 && told < 5; i++) {
      const [past, count] = [2, 3]
      let at: number | undefined
      const world = parcelWorld(`${what} ${i}`, past, count, (batch, number) => {
        if (number <= past || at !== undefined) return batch
        const falseParcels = forge(batch.parcels ?? [])
        if (!falseParcels) return batch
        at = number - past - 1
        return { ...batch, falseParcels }
      })
      if (at === undefined) continue
      told++
      const { kind } = caught(world, at, what)
      const isCounted = /twice|left out/.test(what)
      if (isCounted) assert.is(kind, 'COUNT', what)
      else assert.ok(kind === 'ARITHMETIC', `${what}: ${kind}`)
    }
    assert.is(told, 5, what)
  }
})

/** What the histories of the other tests have in them. */
function kindsIn(world: World): Set<number> {
  const kinds = new Set<number>()
  for (const [claim, { entries }] of world.claims.entries()) {
    for (let at = 0; at < entries; at++) kinds.add(leafAt(world, claim, at).kind)
  }
  return kinds
}

test('with the evidence that decides, nothing true is false, for each kind', () => {
  const [judged, met, sent] = [new Set<string>(), new Set<number>(), new Set<number>()]
  for (let i = 0; i < 6; i++) {
    const world = parcelWorld(`evidence ${i}`, 1 + (i % 2), 3)
    for (const kind of kindsIn(world)) met.add(kind)
    for (const { outbox } of world.claims) for (const { shard } of outbox) sent.add(shard)
    for (const proof of new HonestEvidence(world).all()) {
      const verdict = verifyFraudProof(world.fraud, encodeFraudProof(proof))
      assert.equal(verdict, { ok: false, code: 'NO_FRAUD' }, `${proof.kind} of history ${i}`)
      judged.add(proof.kind)
    }
  }
  assert.equal(
    FRAUD_KINDS.filter((kind) => !judged.has(kind)),
    [],
  )
  assert.equal(
    Object.entries(KIND).filter(([, kind]) => !met.has(kind)),
    [],
  )
  assert.equal([...sent].sort(), [1, 2])
})

test('no honest history is provable as fraud, with whatever evidence', () => {
  for (let i = 0; i < 12; i++) {
    const world = parcelWorld(`any ${i}`, i % 3, 1 + (i % 3))
    assert.is(findFraud(world, hashPairsNative), undefined)
    for (let j = 0; j < 40; j++) {
      const bytes = encodeFraudProof(anyProof(world, `any ${i} ${j}`))
      assert.not.ok(verifyFraudProof(world.fraud, bytes).ok)
      const random = prng(`any ${i} ${j} flip`)
      const at = random.below(bytes.length)
      bytes[at] = (bytes[at] as number) ^ (1 << random.below(8))
      assert.not.ok(verifyFraudProof(world.fraud, bytes).ok)
    }
  }
})

test('where the chain does not know a parcel, what depends on it proves nothing', () => {
  const world = parcelWorld('unknown', 2, 2)
  const unknown = { ...world.fraud, parcel: () => undefined }
  const at = world.claims.findIndex(({ consumed }) => consumed.length > 0)
  assert.ok(at >= 0)
  let count = 0
  for (const proof of new HonestEvidence(world).all()) {
    if (proof.claim !== at || !/COUNT|ARITHMETIC|SENT_SUM/.test(proof.kind)) continue
    const verdict = verifyFraudProof(unknown, encodeFraudProof(proof))
    if (proof.kind === 'SENT_SUM' && proof.side > 0) continue
    assert.equal(verdict, { ok: false, code: 'BAD_EVIDENCE' }, proof.kind)
    count++
  }
  assert.ok(count > 3)
})

test.run()
