// The number of shards changes at the end of an epoch on the base chain: whatever was done before,
// everybody has the same after it, each parcel is consumed once under whatever number, exits of
// before are paid as before, and a shard that is not at rest puts the change off.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex } from '../../../lib/hex.ts'
import { type Prng, prng } from '../../../lib/prng.ts'
import { hashPairsNoble } from '../../../protocol/crypto/hash-pairs.ts'
import { COHORT_SIZE, FREEZE_AFTER_BLOCKS, RESHARD_CLOSING_MS } from '../../../protocol/params.ts'
import { freezeAt } from '../../../protocol/rollup/freeze.ts'
import { shardOf, slotOf } from '../../../protocol/rollup/layout.ts'
import * as calls from '../../../protocol/rollup/rollup-calls.ts'
import { loadMoney } from '../../../protocol/rollup/rollup-money.ts'
import { loadNumbering } from '../../../protocol/rollup/rollup-storage.ts'
import { isClosing, loadChange, stepFault } from '../../../protocol/rollup/shard-change.ts'
import { loadShard } from '../../../protocol/rollup/shard-record.ts'
import type { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { ReshardWorld } from './reshard-world.ts'
import { account, RollupWorld, UNIT } from './rollup-world.ts'

const seen = { consumed: 0, again: 0, exits: 0, changes: 0, deposits: 0 }

const change = (world: ReshardWorld) => loadChange(world.system)

/** To the closing of the epoch before the change. */
function toClosing(world: ReshardWorld): void {
  const { startMs, epochMs } = world.rules
  const at = startMs + epochMs - RESHARD_CLOSING_MS
  if (world.nowMs < at) world.next(at - world.nowMs)
  assert.ok(isClosing(world.system))
}

/** From any epoch in which governance has said it, to the first block after the change. */
function reshard(world: ReshardWorld, shards: number): void {
  world.want(shards)
  assert.not(world.turn())
  assert.equal([change(world)?.shards, change(world)?.epoch], [shards, world.rules.epoch + 1])
  toClosing(world)
  world.drain()
  assert.ok(world.turn(), JSON.stringify(change(world)))
  assert.is(change(world), undefined)
  assert.not(isClosing(world.system))
  assert.is(world.k, shards)
  seen.changes++
}

function busy(world: ReshardWorld, random: Prng, steps: number): void {
  for (let i = 0; i < steps; i++) {
    if (random.chance(0.2)) world.next(12_000)
    if (random.chance(0.2)) {
      world.deposit(3, world.accounts[random.below(world.accounts.length)] as number, 2n)
      seen.deposits++
    }
    world.random(random)
  }
}

/** A sequencer that tries to consume once more what was consumed, under the numbers of now. */
function consumeAgain(world: ReshardWorld): void {
  for (const [, parcel] of world.consumed.slice(-20)) {
    for (let shard = 0; shard < world.k; shard++) {
      const head = world.headOf(shard)
      const made = world.batch({ inboxTo: head.inboxTo, sequencer: shard % 4 }, shard)
      const consumed = [{ shard: parcel.shard, number: parcel.number }]
      const code = world.order([world.sign({ ...made.claim, consumed })])
      assert.ok(code === 'PARCELS' || code === 'OPENING', code)
      world.stateOf(shard).undo(made.executed.undo)
      seen.again++
    }
  }
}

/** Exits of before are paid, each once, whatever became of their shard. */
function fetchExits(world: ReshardWorld): void {
  for (const { shard, batch, position } of world.exits) {
    const exit = { ...world.exit(batch, position), shard }
    if (exit.amount === 0n) continue
    assert.is(world.code(account(1), calls.encodeClaimExit(exit)), '')
    assert.is(world.code(account(1), calls.encodeClaimExit(exit)), 'ALREADY_PAID')
    seen.exits++
  }
  world.exits.length = 0
}

test('double, halve, double: balances, supply, parcels and exits are what they were', () => {
  const ways = fc.constantFrom([1, 2, 4], [2, 4, 2], [4, 2, 1], [3, 6, 3], [2, 1, 2])
  const property = fc.property(fc.string(), ways, (seed, [first, ...then]) => {
    const random = prng(`reshard/${seed}`)
    const world = new ReshardWorld(first as number)
    busy(world, random, 12)
    for (const shards of then) {
      reshard(world, shards)
      assert.equal([loadMoney(world.system).parcels, loadMoney(world.system).inbox], [0n, 0n])
      world.checkBalances()
      consumeAgain(world)
      world.open()
      consumeAgain(world)
      for (let shard = 0; shard < shards; shard++) {
        assert.is(world.headOf(shard).root, world.rootOf(shard))
      }
      fetchExits(world)
      busy(world, random, 12)
    }
    seen.consumed += world.consumed.length
  })
  fc.assert(property, { numRuns: 6, includeErrorInReport: true })
  for (const [what, count] of Object.entries(seen)) {
    assert.ok(count > 5, `${what}: ${count}`)
  }
})

test('while shards come to rest nothing new begins, and who asks is told when to ask again', () => {
  const world = new ReshardWorld(2)
  const index = world.register(3, 50n)
  world.make(shardOf(index, 2), {})
  world.want(4)
  world.turn()
  // The epoch between: all is as ever.
  world.deposit(3, index, 5n)
  const from = world.accounts.find((one) => shardOf(one, 2) === 0) as number
  world.make(0, { transfers: [{ from, to: from + 1, amount: 3n }] })
  toClosing(world)
  assert.is(world.code(account(3), calls.encodeDepositTo(index), UNIT), 'RESHARDING')
  assert.is(world.code(account(3), calls.encodeForceTransfer(index, 0, 1n)), 'RESHARDING')
  const registration = calls.encodeRegisterAccount(world.registration(4))
  assert.is(world.code(account(4), registration), 'RESHARDING')
  const transfers = [{ from, to: from + 1, amount: 3n }]
  const late = world.batch({ transfers }, 0)
  assert.is(world.order([world.sign(late.claim)]), 'CLOSING')
  world.stateOf(0).undo(late.executed.undo)
  world.drain()
  assert.ok(world.turn())
  world.open()
  world.deposit(3, index, 7n)
  world.make(shardOf(index, 4), {})
  const { table } = world.stateOf(shardOf(index, 4))
  assert.is(table.balanceOf(slotOf(index, 4)), 62n)
  // The very same transfer, under the new numbers.
  world.make(shardOf(from, 4), { transfers })
})

test('a shard that is not at rest puts the change off, and says why', () => {
  const reasons: string[] = []
  const tried = (world: ReshardWorld) => {
    assert.not(world.turn())
    const { delay = '', shard = -1, epoch = 0, tries = 0 } = change(world) ?? {}
    assert.is(epoch, world.rules.epoch + 2)
    reasons.push(`${delay} ${shard} ${tries}`)
    // What operators are told.
    const output = world.do(account(1), calls.encodeShardChange())
    const told = { shards: 4, epoch, putOff: tries, why: delay, shard }
    assert.equal(calls.decodeShardChange(output), told)
  }
  const world = new ReshardWorld(2)
  world.want(4)
  world.turn()
  const index = world.accounts.find((one) => shardOf(one, 2) === 1) as number
  world.deposit(3, index, 5n)
  toClosing(world)
  tried(world)
  // An epoch in which all is as ever, then the next try.
  world.deposit(3, index, 5n)
  assert.not(world.turn())
  toClosing(world)
  world.make(1, { states: false })
  tried(world)
  assert.not(world.turn())
  const to = world.accounts.find((one) => shardOf(one, 2) === 0) as number
  world.make(1, { transfers: [{ from: index, to, amount: 9n }] })
  toClosing(world)
  tried(world)
  assert.not(world.turn())
  toClosing(world)
  world.next(RESHARD_CLOSING_MS - 5000)
  world.make(0, { parcels: world.takeable(0) })
  tried(world)
  assert.not(world.turn())
  toClosing(world)
  world.drain(1)
  assert.ok(world.turn())
  assert.equal(reasons, [
    'MESSAGES_WAIT 1 1',
    'NO_ROOT_STATED 1 2',
    'PARCELS_WAIT 1 3',
    'ROOT_NOT_SETTLED 0 4',
  ])
  world.open()
  world.checkBalances()
})

test('a frozen shard keeps the number; what governance takes back is not done', () => {
  const world = new ReshardWorld(2)
  world.want(4)
  world.turn()
  freezeAt(world.system, 1, loadShard(world.system, 1).lastRoot, () => {})
  toClosing(world)
  assert.not(world.turn())
  assert.equal([change(world)?.delay, change(world)?.shard], ['FROZEN', 1])
  world.want(2)
  world.turn()
  assert.is(change(world), undefined)
  assert.not(isClosing(world.system))
  assert.is(loadNumbering(world.system).generation, 0)
})

test('only a step, and none that parts a lock of the genesis from its account', () => {
  const world = new ReshardWorld(2)
  for (const shards of [1, 4]) assert.is(stepFault(world.system, shards), undefined)
  for (const shards of [0, 2, 3, 8, 64]) assert.is(stepFault(world.system, shards), 'NOT_A_STEP')
  world.want(8)
  world.turn()
  assert.is(change(world), undefined)
  const accounts = { shards: 4, accounts: 3 * COHORT_SIZE + 9, balance: 1n, owner: account(9) }
  const withLocks = new RollupWorld({ ...accounts, locks: 5 })
  assert.equal(
    [2, 8].map((shards) => stepFault(withLocks.system, shards)),
    [undefined, 'HELD_BY_LOCKS'],
  )
  const without = new RollupWorld(accounts)
  assert.is(stepFault(without.system, 8), undefined)
})

test('the first claim after a change states the root and divides the money, no more', () => {
  const world = new ReshardWorld(1)
  reshard(world, 2)
  const { supply } = loadShard(world.system, 0)
  assert.is(loadShard(world.system, 1).supply, 0n)
  world.next()
  assert.is(world.order([world.opening(1)]), 'OPENING')
  const transfers = [{ from: world.accounts[0] as number, to: 1, amount: 1n }]
  const early = world.batch({ transfers, sequencer: 0 }, 0)
  assert.is(world.order([world.sign(early.claim)]), 'OPENING')
  world.stateOf(0).undo(early.executed.undo)
  const { signature: _, ...right } = world.opening(0)
  assert.is(world.order([world.sign({ ...right, supply: supply + 1n })]), 'WRONG_SUPPLY')
  assert.is(world.order([world.sign({ ...right, stateRoot: undefined })]), 'OPENING')
  assert.is(world.order([world.sign({ ...right, number: right.number - 1 })]), 'WRONG_NUMBER')
  assert.is(world.order([world.sign(right)]), '')
  assert.is(loadShard(world.system, 0).supply + loadShard(world.system, 1).supply, supply)
  assert.is(loadShard(world.system, 1).supply, world.stateOf(1).supply)
  world.open()
  world.checkBalances()
})

test('who is in a shard that freezes before its first claim leaves by the root of before', () => {
  const world = new ReshardWorld(1)
  const random = prng('reshard/frozen')
  busy(world, random, 6)
  const index = world.accounts.find((one) => shardOf(one, 2) === 1) as number
  reshard(world, 2)
  // Nobody makes its first claim: a message waits too long.
  world.deposit(3, index, 5n)
  world.next(100, FREEZE_AFTER_BLOCKS + 1)
  world.do(account(1), calls.encodeFreeze(1))
  const source = world.before[0] as ShardState
  const owed = loadShard(world.system, 0).supply
  const record = bytesToHex(source.table.recordOf(index))
  const proof = source.pages.proof(index, hashPairsNoble)
  const units = source.table.balanceOf(index)
  assert.ok(units > 0n)
  const other = bytesToHex(source.table.recordOf(index + 1))
  assert.is(world.code(account(1), calls.encodeExitFrozen(index, other, proof)), 'BAD_PROOF')
  assert.is(world.code(account(1), calls.encodeExitFrozen(index, record, proof)), '')
  assert.is(world.code(account(1), calls.encodeExitFrozen(index, record, proof)), 'ALREADY_PAID')
  assert.is(loadShard(world.system, 0).supply, owed - units)
  assert.is(world.code(account(1), calls.encodeRefundMessage(1, 0)), '')
  // The other half goes on, and knows what it has.
  world.open(1)
  assert.is(loadShard(world.system, 0).supply, world.stateOf(0).supply)
  assert.is(loadShard(world.system, 1).supply, world.stateOf(1).supply - units)
})

test.run()
