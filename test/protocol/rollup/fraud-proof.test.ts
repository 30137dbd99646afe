// Whatever one word of what a sequencer committed to is changed, an honest challenger proves it,
// and the sequencer of that claim is found guilty. Nothing that is true can be proved false: not by
// the search, not with any leaves or records of honest histories, not with bytes of a proof
// changed.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { prng } from '../../../lib/prng.ts'
import { findFraud } from '../../../protocol/rollup/find-fraud.ts'
import {
  encodeFraudProof,
  FRAUD_KINDS,
  type FraudKind,
} from '../../../protocol/rollup/fraud-proof.ts'
import { verifyFraudProof } from '../../../protocol/rollup/verify-fraud.ts'
import { anyProof, caught } from './fraud-checks.ts'
import { LIES, lie } from './fraud-lies.ts'
import { honestWorld, recommit, type World } from './fraud-world.ts'
import { HonestEvidence } from './honest-evidence.ts'

const seed = fc.string({ minLength: 8, maxLength: 8 })
const kinds = new Map<FraudKind, number>()

const isOfTheRoot = (what: string) => /^(record|number|depth|size)/.test(what)

function caughtHere(world: World, at: number, what: string): void {
  const { kind, bytes } = caught(world, at, what)
  kinds.set(kind, Math.max(kinds.get(kind) ?? 0, bytes))
}

test('every lie about anything that is committed to is proved, against who told it', () => {
  for (const what of LIES) {
    let told = 0
    for (let i = 0; i < 16; i++) {
      const random = prng(`${what} ${i}`)
      const count = 1 + random.below(3)
      const world = honestWorld(`${what} world ${i}`, random.below(3), count)
      const at = isOfTheRoot(what) ? count - 1 : random.below(count)
      if (!lie(world, what, at, random)) continue
      recommit(world)
      told++
      caughtHere(world, at, what)
    }
    assert.ok(told > 2, `${what} was told ${told} times`)
  }
})

test('a sequencer that goes on from a minted unit, or lets a sender pay twice, is proved', () => {
  let [told, minted] = [0, 0]
  for (let i = 0; i < 40; i++) {
    const minting = honestWorld(`mint ${i}`, 1, 2, (state, batch, number) => {
      if (number !== 2 || state.table.used === 0) return batch
      const slot = state.table.used - 1
      const lo = state.table.words[slot * 8] as number
      state.table.words[slot * 8] = lo < 0xffff_ffff ? lo + 1 : lo
      state.table.stale[slot >> 6] = 3
      return batch
    })
    const proof = findFraud(minting, hashPairsNative)
    if (!proof) continue
    minted++
    kinds.set(proof.kind, encodeFraudProof(proof).length)
    assert.ok(verifyFraudProof(minting.fraud, encodeFraudProof(proof)).ok)
    const twice = honestWorld(`twice ${i}`, 0, 2, (_, batch, number) => {
      const [first] = batch.transfers
      if (number !== 2 || !first || batch.fee > 0) return batch
      told++
      const transfers = [{ ...first, amount: 0n }, ...batch.transfers]
      return { ...batch, transfers, operations: [] }
    })
    const double = findFraud(twice, hashPairsNative)
    if (!double) continue
    kinds.set(double.kind, encodeFraudProof(double).length)
    assert.is(double.kind, 'DOUBLE')
    assert.ok(verifyFraudProof(twice.fraud, encodeFraudProof(double)).ok)
  }
  assert.ok(told > 0 && minted > 35)
  const unseen = FRAUD_KINDS.filter((kind) => !kinds.has(kind))
  assert.equal(unseen, [], 'kinds that no lie was proved by')
})

/** All that the claims say, in words. */
function commitments({ claims }: World): string[] {
  return claims.map((it) => {
    const { traceRoot, txRoot, opRoot, exitRoot, stateRoot, supply, entries, exits, fee } = it
    const heights = [it.notAfter, it.notBefore, it.settles, it.refunds, opRoot]
    const roots = [traceRoot, txRoot, exitRoot, stateRoot]
    return [...roots, supply, entries, exits, fee, ...heights].join()
  })
}

/**
 * Found now and then: a tree cut off, then grown again, has records beyond those in use; a fee that
 * nobody pays.
 */
const ONCE_FAILED: [string, (typeof LIES)[number][]][] = [
  ['6XiC&u#$', ['size', 'number in the root', 'size', 'record as before']],
  ['4@0[:!A0', ['record word', 'size', 'record of another', 'size']],
  ['riniStri', ['depth in the root', 'exit word', 'size', 'size']],
  ['}@!|`J~L', ['fee']],
]

test('two or more lies at once are proved too, unless together they are the truth', () => {
  fc.assert(
    fc.property(seed, fc.array(fc.constantFrom(...LIES), { maxLength: 4 }), (name, lies) => {
      const random = prng(`${name} lies`)
      const world = honestWorld(name, 1, 3)
      const honest = commitments(world)
      const told = lies.map((what) => {
        const at = isOfTheRoot(what) ? 2 : random.below(3)
        return `${what} in claim ${at}${lie(world, what, at, random) ? '' : ' (nothing to tell)'}`
      })
      recommit(world)
      const said = commitments(world)
      const first = said.findIndex((one, i) => one !== honest[i])
      const proof = findFraud(world, hashPairsNative)
      const what = told.join(', ')
      assert.is(proof !== undefined, first >= 0, `${proof?.kind ?? 'nothing'} proved: ${what}`)
      if (!proof) return
      const verdict = verifyFraudProof(world.fraud, encodeFraudProof(proof))
      assert.ok(verdict.ok, `${proof.kind} ${verdict.ok ? '' : verdict.code}: ${what}`)
      assert.ok(proof.claim >= first, `claim ${proof.claim} is true: ${what}`)
    }),
    { numRuns: 40, examples: ONCE_FAILED, includeErrorInReport: true },
  )
})

test('with the evidence that decides, nothing true is false, for each kind', () => {
  const judged = new Set<FraudKind>()
  for (let i = 0; i < 6; i++) {
    const world = honestWorld(`evidence ${i}`, 1, 2)
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
})

test('no honest history is provable as fraud, with whatever evidence', () => {
  fc.assert(
    fc.property(seed, fc.nat(2), fc.integer({ min: 1, max: 3 }), (name, past, count) => {
      const world = honestWorld(name, past, count)
      assert.is(findFraud(world, hashPairsNative), undefined)
      for (let i = 0; i < 30; i++) {
        const proof = anyProof(world, `${name} ${i}`)
        const bytes = encodeFraudProof(proof)
        const verdict = verifyFraudProof(world.fraud, bytes)
        assert.not.ok(verdict.ok, `${proof.kind} holds against an honest sequencer`)
        const random = prng(`${name} ${i} flip`)
        const at = random.below(bytes.length)
        bytes[at] = (bytes[at] as number) ^ (1 << random.below(8))
        assert.not.ok(verifyFraudProof(world.fraud, bytes).ok)
      }
    }),
    { numRuns: 20, includeErrorInReport: true },
  )
})

test.run()
