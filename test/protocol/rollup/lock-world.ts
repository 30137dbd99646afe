// A rollup in which a lock holds money of an account, for an account of the genesis; and the same
// frozen.

import * as assert from 'uvu/assert'
import { FREEZE_AFTER_BLOCKS } from '../../../protocol/params.ts'
import { OPERATION_LOCK } from '../../../protocol/rollup/operations.ts'
import * as calls from '../../../protocol/rollup/rollup-calls.ts'
import { account, RollupWorld, UNIT } from './rollup-world.ts'

export const ANN = account(1)
export const PAYEE = 3
/** Of the genesis's accounts, the payee's too. */
export const OWNER = account(9)
export const MONEY = { accounts: 10, balance: 1000n, owner: OWNER }

export function withLocks(world: RollupWorld, wanted: number, n = 1) {
  const data = calls.encodeRegisterWithLocks(world.registration(n), wanted)
  return calls.decodeRegisteredWithLocks(world.do(account(n), data, 500n * UNIT))
}

/** A world in which lock 11 holds 200 of account 10 for the payee until `deadline`. */
export function held(deadline: number) {
  const world = new RollupWorld(MONEY)
  withLocks(world, 2)
  world.step()
  const parties = { party: PAYEE, from: 10, to: 11, nonce: 0 }
  const operations = [
    { kind: OPERATION_LOCK, ...parties, amount: 200n, deadline: deadline, use: 0 },
  ]
  const { claim } = world.step({ operations, fee: 1, feeAccount: 0 })
  assert.equal([claim.locks, claim.entries, claim.notAfter], [1, 2, deadline])
  assert.is(world.shard.table.balanceOf(10), 299n)
  assert.is(world.shard.table.balanceOf(11), 200n)
  return world
}

/** The same, frozen with the root settled. */
export function frozenWorld(deadline: number) {
  const world = held(deadline)
  world.deposit(2, 1, 1n)
  world.next(100, FREEZE_AFTER_BLOCKS + 1)
  world.do(ANN, calls.encodeFreeze(0))
  const early = world.code(OWNER, world.settleFrozen(11, 1n, `0x${'dd'.repeat(32)}`))
  assert.is(early, 'NOT_SETTLED')
  world.next(20_000)
  return world
}
