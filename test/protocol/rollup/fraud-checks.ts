// What every proof of a lie has to pass; and random evidence of an honest history, for random
// kinds.

import * as assert from 'uvu/assert'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { prng } from '../../../lib/prng.ts'
import { findFraud } from '../../../protocol/rollup/find-fraud.ts'
import {
  encodeFraudProof,
  FRAUD_KINDS,
  type FraudKind,
  type FraudProof,
} from '../../../protocol/rollup/fraud-proof.ts'
import { EvidenceMaker } from '../../../protocol/rollup/fraud-search.ts'
import { verifyFraudProof } from '../../../protocol/rollup/verify-fraud.ts'
import type { World } from './fraud-world.ts'

/** An honest challenger finds the lie, and whoever told it in claim `at` is guilty. */
export function caught(world: World, at: number, what: string): { kind: FraudKind; bytes: number } {
  const proof = findFraud(world, hashPairsNative)
  assert.ok(proof, `${what} in claim ${at} was not found`)
  if (!proof) throw new Error('unreachable')
  const bytes = encodeFraudProof(proof)
  const verdict = verifyFraudProof(world.fraud, bytes)
  assert.ok(verdict.ok, `${what}: ${proof.kind} ${verdict.ok ? '' : verdict.code}`)
  const number = verdict.ok ? verdict.number : undefined
  assert.is(number, world.claims[at]?.number, `${what}: ${proof.kind}`)
  return { kind: proof.kind, bytes: bytes.length }
}

/** Any evidence of an honest history, in any combination. */
export function anyProof(world: World, seedText: string): FraudProof {
  const random = prng(seedText)
  const evidence = new EvidenceMaker(world, hashPairsNative)
  const claim = random.below(world.claims.length)
  const pick = <T>(make: () => T): T[] => Array.from({ length: random.below(3) }, make)
  const tables = [world.after.table, world.before]
  let side = random.below(1 + world.fraud.place.shards)
  if (random.chance(0.3)) side = world.after.table.depth
  const leaves = pick(() => {
    const of = random.chance(0.7) ? claim : random.below(world.claims.length)
    const entries = world.claims[of]?.entries ?? 0
    return entries === 0 ? undefined : evidence.leaf(of, random.below(entries))
  }).filter((one) => one !== undefined)
  const batch = world.batches[claim]
  const nodes = pick(() => {
    const sent = batch ? [...batch.outbox.values()] : []
    const credits = batch ? batch.parcels.map((parcel) => parcel.leaves) : []
    const lists = [batch?.transfers, batch?.exits, batch?.operations, ...sent, ...credits]
    const from = lists[random.below(lists.length)]
    const count = (from?.length ?? 0) / 8
    return from && count > 0 ? evidence.node(from, random.below(count)) : undefined
  }).filter((one) => one !== undefined)
  const slot = random.chance(0.5) ? random.below(250) : 4096 + random.below(8000)
  const records = tables.map((table) => evidence.record(table, slot))
  const { root, left, right } = evidence.top(world.after.table)
  const words = random.chance(0.5) ? [root, world.after.meta] : [left, right]
  const kind = FRAUD_KINDS[random.below(FRAUD_KINDS.length)] as FraudKind
  return { kind, claim, side, leaves, nodes, records, words }
}
