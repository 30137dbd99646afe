// Governance asks for another number of shards: twice or half as many, where no locks of the
// genesis forbid it; asked for again, it can take a change back that is to come.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex } from '../../../lib/hex.ts'
import * as calls from '../../../protocol/governance/governance-calls.ts'
import { COHORT_SIZE, GOVERNANCE_ADDRESS, ROLLUP_ADDRESS } from '../../../protocol/params.ts'
import { ROLLUP_CONFIG_DEFAULT, rollupAtGenesis } from '../../../protocol/rollup/genesis-rollup.ts'
import type { RollupConfig } from '../../../protocol/rollup/rollup-storage.ts'
import { saveNumbering } from '../../../protocol/rollup/rollup-storage.ts'
import { wantedShards } from '../../../protocol/rollup/shard-change.ts'
import { AITBC, account, codeOf, START, StakeWorld } from '../staking/stake-world.ts'

/** Four authorities, in their first epoch, and a rollup. */
function world(over: Partial<RollupConfig>): StakeWorld {
  const w = new StakeWorld()
  const operators = [0, 1, 2, 3].map(account)
  w.admit(...operators)
  for (const n of operators.keys()) w.register(n, 10_000n * AITBC)
  w.nextEpoch()
  w.setParameter('voting_epochs', 1n)
  rollupAtGenesis(w.state(ROLLUP_ADDRESS), { ...ROLLUP_CONFIG_DEFAULT, ...over }, START)
  return w
}

const call = (w: StakeWorld, data: Uint8Array) =>
  codeOf(w.call(account(0), data, 0n, GOVERNANCE_ADDRESS))
const propose = (w: StakeWorld, shards: number) =>
  call(w, calls.encodeProposeParameter('rollup_shards', BigInt(shards)))

/** Proposes, votes, and waits until it can be executed; its number. */
function passed(w: StakeWorld, shards: number): bigint {
  const data = calls.encodeProposeParameter('rollup_shards', BigInt(shards))
  const id = BigInt(bytesToHex(w.do(account(0), data, 0n, GOVERNANCE_ADDRESS)))
  for (const n of [0, 1, 2]) w.do(account(n), calls.encodeVote(id, true), 0n, GOVERNANCE_ADDRESS)
  w.nextEpoch()
  w.nextEpoch()
  return id
}

/** As at the end of an epoch in which all shards are at rest. */
function become(w: StakeWorld, shards: number, before: number): void {
  const most = Math.max(shards, before)
  saveNumbering(w.state(ROLLUP_ADDRESS), { shards, before, most, generation: 1 })
}

test('twice or half as many shards can be asked for, and nothing else', () => {
  const w = world({ shards: 4 })
  for (const shards of [0, 4]) assert.is(propose(w, shards), 'ALREADY_SO', `${shards}`)
  for (const shards of [1, 3, 5, 6, 16]) assert.is(propose(w, shards), 'NOT_A_STEP', `${shards}`)
  for (const shards of [65, 128]) assert.is(propose(w, shards), 'VALUE_NOT_POSSIBLE', `${shards}`)
  assert.is(propose(w, 2), 'accepted')
  assert.is(wantedShards(w.state(GOVERNANCE_ADDRESS)), undefined, 'nobody has voted')
  const most = world({ shards: 64 })
  assert.is(propose(most, 128), 'VALUE_NOT_POSSIBLE')
  assert.is(propose(most, 32), 'accepted')
  assert.is(propose(world({ shards: 1 }), 0), 'ALREADY_SO')
  assert.is(propose(world({ shards: 3 }), 6), 'accepted')
  assert.is(propose(world({ shards: 3 }), 1), 'NOT_A_STEP')
})

test('locks of a genesis allow no more shards than it named', () => {
  const locked = { shards: 2, accounts: 3 * COHORT_SIZE, locks: 7, balance: 1n, owner: account(9) }
  assert.is(propose(world(locked), 4), 'HELD_BY_LOCKS')
  assert.is(propose(world(locked), 1), 'accepted')
  assert.is(propose(world({ ...locked, locks: 0 }), 4), 'accepted')
})

test('what passed is wanted; it is judged again by the shards that there are then', () => {
  const w = world({ shards: 2 })
  const id = passed(w, 4)
  assert.is(call(w, calls.encodeExecute(id)), 'accepted')
  assert.is(wantedShards(w.state(GOVERNANCE_ADDRESS)), 4)
  // As many as there are: what is to come is taken back.
  const back = passed(w, 2)
  assert.is(call(w, calls.encodeExecute(back)), 'accepted')
  assert.is(wantedShards(w.state(GOVERNANCE_ADDRESS)), 2)
  assert.is(propose(w, 2), 'ALREADY_SO')
  const late = passed(w, 1)
  become(w, 4, 2)
  assert.is(call(w, calls.encodeExecute(late)), 'NOT_A_STEP')
})

test.run()
