// Locks on the base chain: registered with their account, refused where an account is meant, filled
// and emptied by claims whose heights are checked, and paid out of a frozen shard.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { decodeArguments } from '../../../protocol/abi/codec.ts'
import { encodeLog } from '../../../protocol/abi/event.ts'
import { encodeCall } from '../../../protocol/abi/function.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { LOCK_BLOCKS_MAX, LOCKS_PER_ACCOUNT_MAX, ROLLUP_ADDRESS } from '../../../protocol/params.ts'
import {
  OPERATION_LOCK,
  OPERATION_REFUND,
  OPERATION_SETTLE,
} from '../../../protocol/rollup/operations.ts'
import { LOCK_OWNER, LOCK_SETTLED } from '../../../protocol/rollup/rollup-abi.ts'
import * as calls from '../../../protocol/rollup/rollup-calls.ts'
import { ANN, frozenWorld, held, MONEY, OWNER, PAYEE, withLocks } from './lock-world.ts'
import { account, RollupWorld, UNIT } from './rollup-world.ts'

const HASH: Hex = `0x${'dd'.repeat(32)}`

const ownerOf = (world: RollupWorld, index: number) =>
  decodeArguments(LOCK_OWNER.outputs, world.do(ANN, encodeCall(LOCK_OWNER, [BigInt(index)])))

test('an account has its locks behind it, as many as fit in its cohort', () => {
  const world = new RollupWorld(MONEY)
  const { index, locks } = withLocks(world, 3)
  assert.equal([index, locks], [10, 3])
  assert.equal(ownerOf(world, 9), [false, 0n])
  assert.equal(ownerOf(world, 10), [false, 0n])
  for (const lock of [11, 12, 13]) assert.equal(ownerOf(world, lock), [true, 10n])
  assert.equal(ownerOf(world, 14), [false, 0n])
  const tooMany = calls.encodeRegisterWithLocks(world.registration(2), LOCKS_PER_ACCOUNT_MAX + 1)
  assert.is(world.code(account(2), tooMany), 'TOO_MANY_LOCKS')
  world.step()
  const { table } = world.shard
  assert.is(table.balanceOf(10), 500n)
  for (const lock of [11, 12, 13]) {
    const words = new Uint32Array(table.recordOf(lock).buffer)
    assert.equal([words[0], words[2], words[3], words[6], words[7]], [0, 0, 2, 0, 10])
  }
  const full = new RollupWorld({ ...MONEY, accounts: 4090 })
  assert.equal(withLocks(full, 15), { index: 4090, locks: 5 })
  assert.equal(withLocks(full, 15, 2), { index: 4096, locks: 15 })
})

test('a lock is no account', () => {
  const world = new RollupWorld(MONEY)
  withLocks(world, 1)
  assert.is(world.code(ANN, calls.encodeDepositTo(11), UNIT), 'IS_A_LOCK')
  assert.is(world.code(ANN, calls.encodeForceTransfer(10, 11, 1n)), 'IS_A_LOCK')
  assert.is(world.code(ANN, calls.encodeForceTransfer(11, 10, 1n)), 'IS_A_LOCK')
  world.step()
  const pay = (from: number, to: number) => () =>
    world.batch({ transfers: [{ from, to, amount: 0n }] })
  assert.throws(pay(1, 11), /RECEIVER_UNKNOWN/)
  assert.throws(pay(11, 1), /SENDER_UNKNOWN/)
})

test('a settle is ordered up to the deadline, a refund after it', () => {
  const parties = { from: 11, nonce: 0, deadline: 50, use: 0 }
  const settle = { kind: OPERATION_SETTLE, party: 10, to: PAYEE, ...parties, amount: 150n }
  const refund = { kind: OPERATION_REFUND, party: PAYEE, to: 10, ...parties, amount: 200n }
  const paid = held(50)
  paid.height = 50
  const early = held(50)
  early.height = 50
  const batch = early.batch({ operations: [refund] })
  assert.is(batch.claim.notBefore, 51)
  assert.is(early.order([early.sign(batch.claim)]), 'TOO_EARLY')
  early.height = 51
  assert.is(early.order([early.sign(batch.claim)]), '')
  assert.is(early.shard.table.balanceOf(10), 499n)
  const made = paid.batch({ operations: [settle] })
  const late = paid.height
  paid.height = 51
  assert.is(paid.order([paid.sign(made.claim)]), 'EXPIRED')
  paid.height = late
  assert.is(paid.order([paid.sign(made.claim)]), '')
  const { table } = paid.shard
  assert.equal([table.balanceOf(PAYEE), table.balanceOf(10), table.nonceOf(11)], [1150n, 349n, 1])
  assert.is(paid.head.supply, 10_500n)
  assert.throws(() => paid.batch({ operations: [settle] }), /LOCK_OTHER/)
  const other = held(50)
  assert.throws(() => other.batch({ operations: [{ ...settle, to: 4 }] }), /LOCK_OTHER/)
  assert.throws(() => other.batch({ operations: [{ ...settle, deadline: 51 }] }), /LOCK_OTHER/)
  assert.throws(() => other.batch({ operations: [{ ...settle, amount: 201n }] }), /UNPAYABLE/)
  assert.throws(() => other.batch({ operations: [{ ...refund, amount: 199n }] }), /LOCK_OTHER/)
})

test('a lock is ordered when its deadline is near enough', () => {
  const world = new RollupWorld(MONEY)
  withLocks(world, 2)
  world.step()
  const deadline = world.height + 7 + LOCK_BLOCKS_MAX
  const parties = { party: PAYEE, from: 10, to: 11, nonce: 0 }
  const operation = { kind: OPERATION_LOCK, ...parties, amount: 200n, deadline, use: 0 }
  const { claim } = world.batch({ operations: [operation], fee: 1, feeAccount: 0 })
  assert.is(claim.notBefore, world.height + 7)
  world.height = claim.notBefore - 1
  assert.is(world.order([world.sign(claim)]), 'TOO_EARLY')
  world.height = claim.notBefore
  assert.is(world.order([world.sign(claim)]), '')
})

test('a frozen shard pays out of a lock what its payee asks for, once, until the deadline', () => {
  const world = frozenWorld(2000)
  const settle = (amount: bigint, lock = 11) => world.settleFrozen(lock, amount, HASH)
  assert.is(world.code(ANN, settle(150n)), 'NOT_OWNER')
  assert.is(world.code(OWNER, settle(201n)), 'LOCK_HOLDS_LESS')
  assert.is(world.code(OWNER, settle(0n, 12)), 'NO_BALANCE')
  assert.is(world.code(OWNER, settle(1n, PAYEE)), 'NOT_A_LOCK')
  const { table, pages } = world.shard
  const lie = table.recordOf(11).slice()
  lie[0] = 201
  const proof = pages.proof(11, hashPairsNoble)
  const asked = { amount: 201n, hash: HASH }
  const false_ = calls.encodeSettleFrozen(11, asked, bytesToHex(lie), proof)
  assert.is(world.code(OWNER, false_), 'BAD_PROOF')
  world.height = 2001
  assert.is(world.code(OWNER, settle(150n)), 'LOCK_EXPIRED')
  world.height = 2000
  const [payee, owner] = [world.balance(OWNER), world.balance(ANN)]
  world.do(OWNER, settle(150n))
  assert.is(world.balance(OWNER) - payee, 150n * UNIT)
  assert.is(world.balance(ANN) - owner, 50n * UNIT)
  const [which, facts] = [[11n, BigInt(PAYEE)] as const, [0n, 150n, 50n, HASH] as const]
  assert.equal(world.logs.at(-1), encodeLog(ROLLUP_ADDRESS, LOCK_SETTLED, which, facts))
  assert.is(world.code(OWNER, settle(1n)), 'ALREADY_PAID')
  world.height = 2001
  assert.is(world.code(ANN, world.exitFrozen(11)), 'ALREADY_PAID')
  // Nothing that stands beside it is touched: the accounts leave with what they have.
  world.do(ANN, world.exitFrozen(10))
  assert.is(world.balance(ANN) - owner, (50n + 299n) * UNIT)
})

test('its payee gives all back with an amount of nothing', () => {
  const world = frozenWorld(2000)
  const [payee, owner] = [world.balance(OWNER), world.balance(ANN)]
  world.do(OWNER, world.settleFrozen(11, 0n, HASH))
  assert.equal([world.balance(OWNER) - payee, world.balance(ANN) - owner], [0n, 200n * UNIT])
})

test('a frozen shard pays what is locked to the owner, after the deadline', () => {
  const world = frozenWorld(2000)
  const leave = world.exitFrozen(11)
  assert.is(world.code(ANN, leave), 'STILL_LOCKED')
  const before = world.balance(ANN)
  world.height = 2001
  world.do(account(5), leave)
  assert.is(world.balance(ANN) - before, 200n * UNIT)
  assert.is(world.code(ANN, leave), 'ALREADY_PAID')
  assert.is(world.code(ANN, world.exitFrozen(12)), 'NO_BALANCE')
})

test('locks of a genesis belong to its accounts, shard by shard', () => {
  const world = new RollupWorld({ ...MONEY, shards: 2, accounts: 4096 + 8, locks: 10 })
  for (let n = 0; n < 10; n++) {
    assert.equal(ownerOf(world, 4104 + n), [true, BigInt(4096 + (n % 8))])
  }
  assert.is(
    calls.decodeRegistered(world.do(ANN, calls.encodeRegisterAccount(world.registration(1)))),
    4114,
  )
})

test.run()
