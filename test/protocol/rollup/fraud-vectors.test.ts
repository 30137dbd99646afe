// One proof of each kind, with all that its verifier is given: for other verifiers of fraud proofs.
// WRITE_VECTORS=1 writes the file.

import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { bytesToHex, hexToBytes } from '../../../lib/hex.ts'
import { prng } from '../../../lib/prng.ts'
import { decodeClaim, encodeClaim } from '../../../protocol/rollup/claim.ts'
import { findFraud } from '../../../protocol/rollup/find-fraud.ts'
import type { FraudCase } from '../../../protocol/rollup/fraud-evidence.ts'
import {
  decodeFraudProof,
  encodeFraudProof,
  FRAUD_KINDS,
} from '../../../protocol/rollup/fraud-proof.ts'
import { decodeInboxEntry, encodeInboxEntry } from '../../../protocol/rollup/inbox-entry.ts'
import { verifyFraudProof } from '../../../protocol/rollup/verify-fraud.ts'
import { vectorFile } from '../../kit/vector-file.ts'
import { LIES, lie } from './fraud-lies.ts'
import { honestWorld, recommit, type World } from './fraud-world.ts'

const path = vectorFile('fraud-proofs.json')

function beforeOf({ before }: FraudCase) {
  if (!before) return null
  const { number, hash, entries, firstEntry, inboxTo, supply, stateRoot } = before
  const last = firstEntry + entries - 1
  return { number, hash, entries: last, inboxTo, supply: String(supply), stateRoot }
}

/** What the file says of one proof. */
function vectorOf(world: World, proof: Uint8Array) {
  const { fraud, messages } = world
  const verdict = verifyFraudProof(fraud, proof)
  if (!verdict.ok) throw new Error(verdict.code)
  return {
    kind: verdict.kind,
    accused: verdict.number,
    place: fraud.place,
    before: beforeOf(fraud),
    claims: fraud.claims.map((claim) => bytesToHex(encodeClaim(claim))),
    messages: messages.map((message) =>
      bytesToHex(encodeInboxEntry({ message, account: undefined })),
    ),
    proof: bytesToHex(proof),
  }
}

type Vector = ReturnType<typeof vectorOf>

function worlds(): World[] {
  const found: World[] = []
  for (const what of LIES) {
    for (let i = 0; i < 10; i++) {
      const random = prng(`${what} vector ${i}`)
      const world = honestWorld(`${what} vector world ${i}`, i % 2, 1)
      if (!lie(world, what, 0, random)) continue
      recommit(world)
      found.push(world)
    }
  }
  for (let i = 0; i < 12; i++) {
    const minting = honestWorld(`mint ${i}`, 1, 2, (state, batch, number) => {
      const slot = state.table.used - 1
      if (number !== 2 || slot < 0) return batch
      const lo = state.table.words[8 * slot] as number
      state.table.words[8 * slot] = lo < 0xffff_ffff ? lo + 1 : lo
      state.table.stale[slot >> 6] = 3
      return batch
    })
    found.push(minting)
    const twice = honestWorld(`twice ${i}`, 0, 2, (_, batch, number) => {
      const [first] = batch.transfers
      if (number !== 2 || !first || batch.fee > 0) return batch
      return { ...batch, transfers: [{ ...first, amount: 0n }, ...batch.transfers], operations: [] }
    })
    found.push(twice)
  }
  return found
}

/** The shortest proof of each kind, in their order. */
function vectors(): Vector[] {
  const best = new Map<string, Vector>()
  for (const world of worlds()) {
    const proof = findFraud(world, hashPairsNative)
    if (!proof) continue
    const known = best.get(proof.kind)
    const made = vectorOf(world, encodeFraudProof(proof))
    const size = (one: Vector) => JSON.stringify(one).length
    if (!known || size(made) < size(known)) best.set(proof.kind, made)
  }
  return FRAUD_KINDS.flatMap((kind) => best.get(kind) ?? [])
}

function caseOf({ place, before, claims, messages }: Vector): FraudCase {
  const inbox = messages.map((one) => decodeInboxEntry(hexToBytes(one)).message)
  const standing = before && {
    shard: place.shard,
    firstEntry: 1,
    ...before,
    supply: BigInt(before.supply),
  }
  return {
    place,
    before: standing ?? undefined,
    claims: claims.map((one) => decodeClaim(hexToBytes(one))),
    message: (position) => inbox[position],
  }
}

test('the file has a proof of each kind, and is what the code makes', () => {
  const text = `${JSON.stringify(vectors(), null, 1)}\n`
  if (process.env.WRITE_VECTORS === '1') writeFileSync(path, text)
  assert.is(readFileSync(path, 'utf8'), text, 'WRITE_VECTORS=1 writes it')
  const kinds = (JSON.parse(text) as Vector[]).map(({ kind }) => kind)
  assert.equal(kinds, FRAUD_KINDS)
})

test('each of them holds, and not when a byte of its evidence is another', () => {
  for (const vector of JSON.parse(readFileSync(path, 'utf8')) as Vector[]) {
    const fraud = caseOf(vector)
    const proof = hexToBytes(vector.proof)
    const verdict = verifyFraudProof(fraud, proof)
    assert.equal([verdict.ok, verdict.ok && verdict.kind], [true, vector.kind])
    assert.is(verdict.ok && verdict.number, vector.accused)
    const { leaves, nodes, records, words } = decodeFraudProof(proof)
    if (leaves.length + nodes.length + records.length + words.length === 0) continue
    const other = Uint8Array.from(proof)
    // The last byte is of the last piece of evidence, or of a list that is empty.
    const at = other.findLastIndex((byte) => byte !== 0xc0)
    other[at] = (other[at] as number) ^ 1
    assert.not.ok(verifyFraudProof(fraud, other).ok, vector.kind)
  }
})

test.run()
