// The case as a node makes it out of its own executions: claims before the false one are right and
// not searched, claims after it are only named, and of what the two executions have in common
// nothing is looked at again.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex } from '../../../lib/hex.ts'
import { decodeArguments } from '../../../protocol/abi/codec.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { ROLLUP_CHALLENGE_BOND_WEI } from '../../../protocol/params.ts'
import { encodeChallenge } from '../../../protocol/rollup/challenge.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import { findFraud } from '../../../protocol/rollup/find-fraud.ts'
import { encodeFraudProof } from '../../../protocol/rollup/fraud-proof.ts'
import { copyOfState, openCase } from '../../../protocol/rollup/open-case.ts'
import { CHALLENGE } from '../../../protocol/rollup/rollup-abi.ts'
import { encodeChallengeCall } from '../../../protocol/rollup/rollup-calls.ts'
import { AT, LEAF_WORDS, traceRoot } from '../../../protocol/rollup/trace.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import { account, RollupWorld } from './rollup-world.ts'

const NOTHING = { inbox: [], parcels: [] }
const pay = (from: number, to: number) => ({ from, to, amount: 5n })

/** The third claim is false in its second entry; only the first and the fourth state roots. */
function fourClaims() {
  const world = new RollupWorld({ accounts: 20, balance: 1000n, owner: account(9) })
  world.step({ transfers: [pay(1, 2)] })
  const { number, hash } = world.head
  const start = { state: copyOfState(world.shard), number, hash }
  const ordered = (batch: ReturnType<RollupWorld['batch']>, over: Partial<Claim> = {}): Claim => {
    const claim = world.sign({ ...batch.claim, ...over })
    assert.is(world.order([claim]), '')
    return claim
  }
  world.next()
  const second = world.batch({ transfers: [pay(2, 3), pay(3, 4)], states: false })
  const right = { ...NOTHING, claim: ordered(second), trace: second.executed.trace }
  world.next()
  const before = copyOfState(world.shard)
  const third = world.batch({ transfers: [pay(4, 5), pay(6, 7)], states: false })
  const { executed: own } = third
  const trace = own.trace.slice()
  const word = LEAF_WORDS + AT.toBalance
  trace[word] = (trace[word] as number) + 1
  const { entries } = third.claim
  const root = traceRoot(trace, entries, new MerkleTree(hashPairsNoble), hashPairsNoble)
  const claim = ordered(third, { traceRoot: bytesToHex(root) })
  world.next()
  const later = [ordered(world.batch({ transfers: [pay(8, 9)] }))]
  const { body } = third
  const accused = { ...NOTHING, claim, body, before, own, trace, after: undefined }
  return { world, start, right: [right], accused, later }
}

test('a claim in the middle of an interval is proved false, and the chain upholds it', () => {
  const { world, start, right, accused, later } = fourClaims()
  const published = openCase(start, right, accused, later, hashPairsNoble)
  assert.is(published.rightEntries?.(1), 1, 'what two executions have in common')
  const proof = findFraud(published, hashPairsNoble)
  assert.equal([proof?.kind, proof?.claim], ['START', 1])
  if (!proof) return
  const { claims } = published.fraud
  const bytes = encodeChallenge({ claims, proof: encodeFraudProof(proof) })
  const output = world.do(account(3), encodeChallengeCall(bytes), ROLLUP_CHALLENGE_BOND_WEI)
  assert.ok(decodeArguments(CHALLENGE.outputs, output)[0])
  assert.equal([world.head.number, world.head.frozen], [1, true])
})

test('what is as the own execution has it is no case', () => {
  const { start, right, accused, later } = fourClaims()
  const same = { ...accused, trace: accused.own.trace }
  const published = openCase(start, right, same, later, hashPairsNoble)
  assert.is(findFraud(published, hashPairsNoble), undefined)
})

test.run()
