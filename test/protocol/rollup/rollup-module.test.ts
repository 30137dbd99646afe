// The functions of the rollup module one by one: who may call them, what they refuse, what the
// views then say. The money as a whole is in rollup-money.test.ts.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Hex, hexToBytes } from '../../../lib/hex.ts'
import { decodeArguments } from '../../../protocol/abi/codec.ts'
import { decodeLog } from '../../../protocol/abi/event.ts'
import { encodeCall } from '../../../protocol/abi/function.ts'
import { blsNoble } from '../../../protocol/crypto/bls-noble.ts'
import { EXIT_INDEX, ROLLUP_CHALLENGE_SECONDS, ROLLUP_INBOX_MAX } from '../../../protocol/params.ts'
import * as abi from '../../../protocol/rollup/rollup-abi.ts'
import * as calls from '../../../protocol/rollup/rollup-calls.ts'
import { inboxMessages, rollupAccount } from '../../../protocol/rollup/rollup-head.ts'
import { createRollupModule } from '../../../protocol/rollup/rollup-module.ts'
import { loadShard, saveShard } from '../../../protocol/rollup/shard-record.ts'
import { account, GENESIS_HASH, RollupWorld, spendKey, UNIT } from './rollup-world.ts'

const GENESIS = { accounts: 10, balance: 1000n, owner: account(9) }
const ZERO_KEY: Hex = `0x${'00'.repeat(32)}`

test('register gives rising indices, keeps the keys, and tells the shard', () => {
  const world = new RollupWorld(GENESIS)
  assert.is(world.register(0, 5n), 10)
  assert.is(world.register(1), 11)
  const { blsKey } = world.registration(0)
  const output = world.do(account(5), calls.encodeAccountOf(10))
  assert.equal(decodeArguments(abi.ACCOUNT_OF.outputs, output), [account(0), blsKey, spendKey(0)])
  const messages = inboxMessages(world.view, 0, 0, 2)
  assert.equal(
    messages?.map((one) => ('index' in one ? [one.kind, one.index, one.amount] : [])),
    [
      ['register', 10, 5n],
      ['register', 11, 0n],
    ],
  )
  const keys = rollupAccount(world.view, 10)?.keys
  assert.equal(keys, { blsKey, spendKey: spendKey(0) })
  const log = decodeLog(abi.REGISTERED, world.logs[0] as never)
  assert.equal(
    [log.indexed, log.data],
    [
      [10n, account(0)],
      [blsKey, spendKey(0), 5n],
    ],
  )
  const owned = world.do(account(5), calls.encodeOwnedAt(account(1), 0))
  assert.equal(decodeArguments(abi.OWNED_AT.outputs, owned), [11n])
  assert.is(world.code(account(5), calls.encodeOwnedAt(account(1), 1)), 'UNKNOWN_ACCOUNT')
})

test('register refuses bad keys, used keys and parts of a unit', () => {
  const world = new RollupWorld(GENESIS)
  const good = world.registration(0)
  const code = (change: Partial<calls.AccountRegistration>, value = 0n) =>
    world.code(account(0), calls.encodeRegisterAccount({ ...good, ...change }), value)
  assert.is(code({ blsKey: good.blsKey.subarray(1) }), 'BAD_KEY_LENGTH')
  assert.is(code({ possession: good.possession.subarray(1) }), 'BAD_KEY_LENGTH')
  assert.is(code({ spendKey: ZERO_KEY }), 'BAD_SPEND_KEY')
  assert.is(code({ possession: world.registration(1).possession }), 'BAD_POSSESSION')
  assert.is(code({}, UNIT + 1n), 'NOT_WHOLE_UNITS')
  assert.is(code({}, UNIT), '')
  assert.is(code({ spendKey: spendKey(3) }), 'KEY_IN_USE')
})

test('the proof of possession is that of the published suite', () => {
  const module = createRollupModule({ bls: blsNoble, genesisHash: GENESIS_HASH })
  const world = new RollupWorld(GENESIS)
  const secret = new Uint8Array(32).fill(5)
  const real = calls.makeAccountRegistration(blsNoble, secret, spendKey(0))
  const run = (registration: calls.AccountRegistration) => {
    const data = calls.encodeRegisterAccount(registration)
    const facts = { chainId: 1n, height: 1, timestamp: 1, caller: account(0), value: 0n }
    const result = module.call({ ...facts, data, state: world.system, emit: () => undefined })
    return result.ok ? '' : result.code
  }
  // A signature over the key that is no proof of possession: the domains differ.
  assert.is(run({ ...real, possession: blsNoble.sign(secret, real.blsKey) }), 'BAD_POSSESSION')
  assert.is(run(real), '')
})

test('deposits go to accounts that there are, forced transfers are ordered by owners', () => {
  const world = new RollupWorld(GENESIS)
  const index = world.register(0)
  const deposit = (to: number, value: bigint) =>
    world.code(account(3), calls.encodeDepositTo(to), value)
  assert.is(deposit(index, 0n), 'ZERO_AMOUNT')
  assert.is(deposit(index, 5n), 'NOT_WHOLE_UNITS')
  assert.is(deposit(index + 1, UNIT), 'UNKNOWN_ACCOUNT')
  assert.is(deposit(index, UNIT), '')
  const force = (who: Hex, from: number, to: number, amount = 1n, value = 0n) =>
    world.code(who, calls.encodeForceTransfer(from, to, amount), value)
  assert.is(force(account(0), index, 0, 0n), 'ZERO_AMOUNT')
  assert.is(force(account(0), index + 1, 0), 'UNKNOWN_ACCOUNT')
  assert.is(force(account(0), index, index + 1), 'UNKNOWN_ACCOUNT')
  assert.is(force(account(0), index, EXIT_INDEX - 1), 'UNKNOWN_ACCOUNT')
  assert.is(force(account(1), index, 0), 'NOT_OWNER')
  assert.is(force(account(0), 3, 0), 'NOT_OWNER')
  assert.is(force(account(0), index, 0, 1n, UNIT), 'NOT_PAYABLE')
  assert.is(force(account(0), index, EXIT_INDEX), '')
  assert.is(force(GENESIS.owner, 3, index), '')
  assert.equal(inboxMessages(world.view, 0, 2, 4), [
    { kind: 'force', from: index, to: EXIT_INDEX, amount: 1n },
    { kind: 'force', from: 3, to: index, amount: 1n },
  ])
})

test('the rollup never holds more than its amounts can say', () => {
  const world = new RollupWorld({ ...GENESIS, balance: 2n ** 62n / 10n })
  const room = 2n ** 63n - 10n * (2n ** 62n / 10n)
  world.balances.set(account(0), room * UNIT)
  assert.is(world.code(account(0), calls.encodeDepositTo(0), room * UNIT), 'AMOUNT_TOO_LARGE')
  assert.is(world.code(account(0), calls.encodeDepositTo(0), (room - 1n) * UNIT), '')
})

test('an inbox that is full refuses messages until a claim consumes some', () => {
  const world = new RollupWorld(GENESIS)
  const record = loadShard(world.system, 0)
  saveShard(world.system, 0, { ...record, inboxCount: ROLLUP_INBOX_MAX })
  assert.is(world.code(account(0), calls.encodeDepositTo(0), UNIT), 'INBOX_FULL')
  const registration = calls.encodeRegisterAccount(world.registration(0))
  assert.is(world.code(account(0), registration), 'INBOX_FULL')
  saveShard(world.system, 0, { ...record, inboxCount: ROLLUP_INBOX_MAX - 1 })
  assert.is(world.code(account(0), calls.encodeDepositTo(0), UNIT), '')
})

test('a message is kept while a root before it can be challenged, then dropped', () => {
  const world = new RollupWorld(GENESIS)
  const later = () => world.next(ROLLUP_CHALLENGE_SECONDS * 1000)
  const pay = (from: number) => ({ transfers: [{ from, to: 0, amount: 1n }] })
  world.deposit(0, 1, 5n)
  world.step()
  world.deposit(0, 2, 6n)
  world.step()
  assert.is(inboxMessages(world.view, 0, 0, 2)?.length, 2)
  world.next(ROLLUP_CHALLENGE_SECONDS * 1000 - 1100)
  world.step(pay(1))
  assert.is(world.head.inboxFrom, 0)
  later()
  world.step(pay(2))
  // Settled are the roots of all claims but the last: none before the messages is needed.
  assert.is(world.head.inboxFrom, 2)
  assert.is(inboxMessages(world.view, 0, 1, 2), undefined)
  assert.is(loadShard(world.system, 0).firstRoot, 3)
})

test('functions that are not there, loose encodings and unknown shards are refused', () => {
  const world = new RollupWorld(GENESIS)
  assert.is(world.code(account(0), hexToBytes('0x12345678')), 'UNKNOWN_FUNCTION')
  const data = calls.encodeDepositTo(0)
  assert.is(world.code(account(0), data.subarray(0, 30), UNIT), 'BAD_CALLDATA')
  for (const fn of [abi.FREEZE, abi.SHARD_OF, abi.INBOX_OF]) {
    assert.is(world.code(account(0), encodeCall(fn, [1n])), 'UNKNOWN_SHARD')
  }
  for (const fn of [abi.REFUND_MESSAGE, abi.MESSAGE_AT, abi.EXITS_OF]) {
    assert.is(world.code(account(0), encodeCall(fn, [1n, 0n])), 'UNKNOWN_SHARD')
  }
  const most = 2n ** 64n - 1n
  for (const fn of [abi.ACCOUNT_OF, abi.HAS_LEFT]) {
    assert.is(world.code(account(0), encodeCall(fn, [most])), '')
  }
  for (const fn of [abi.MESSAGE_AT, abi.EXITS_OF]) {
    assert.is(world.code(account(0), encodeCall(fn, [0n, most])), '')
  }
  const exit = [0n, most, most, most, most, most, most, new Uint8Array(0)] as const
  assert.is(world.code(account(0), encodeCall(abi.CLAIM_EXIT, exit)), 'NO_EXITS')
  const proof = new Uint8Array(33)
  const frozen = encodeCall(abi.EXIT_FROZEN, [most, ZERO_KEY, proof])
  assert.is(world.code(account(0), frozen), 'UNKNOWN_ACCOUNT')
  assert.is(
    world.code(account(0), encodeCall(abi.EXIT_FROZEN, [0n, ZERO_KEY, proof])),
    'NOT_FROZEN',
  )
})

test('an exit is paid when its root is settled, to the second', () => {
  const world = new RollupWorld(GENESIS)
  world.nowMs += 999
  const transfers = [{ from: 1, to: EXIT_INDEX, amount: 400n }]
  const batch = world.step({ transfers, states: false })
  const data = calls.encodeClaimExit(world.exit(batch, 0))
  const paysNow = () =>
    decodeArguments(abi.EXITS_OF.outputs, world.do(account(0), calls.encodeExitsOf(0, 1)))
  assert.is(world.code(account(0), data), 'EXIT_NOT_STATED')
  world.step()
  world.nowMs = (Math.floor(world.nowMs / 1000) + ROLLUP_CHALLENGE_SECONDS) * 1000 - 1
  assert.is(world.code(account(0), data), 'NOT_SETTLED')
  assert.equal(paysNow().slice(1), [400n, false])
  world.nowMs++
  assert.equal(paysNow().slice(1), [400n, true])
  const before = world.balance(GENESIS.owner)
  world.do(account(0), data)
  assert.is(world.balance(GENESIS.owner) - before, 400n * UNIT)
  assert.is(world.code(account(0), data), 'ALREADY_PAID')
  assert.equal(paysNow().slice(1), [0n, true])
})

test('a claim never pays out more than it took out of the supply', () => {
  const world = new RollupWorld(GENESIS)
  const transfers = [1, 2].map((from) => ({ from, to: EXIT_INDEX, amount: 400n }))
  world.next()
  const made = world.batch({ transfers })
  const { claim } = made
  // A sequencer lies about the supply: the base chain cannot know, but it does not pay for it.
  const signed = world.sign({ ...claim, supply: claim.supply + 300n })
  assert.is(world.order([signed]), '')
  world.next(ROLLUP_CHALLENGE_SECONDS * 1000 + 1000)
  const pay = (position: number) =>
    world.code(account(0), calls.encodeClaimExit(world.exit(made, position)))
  assert.is(pay(0), '')
  assert.is(pay(1), 'EXIT_ABOVE_CLAIM')
})

test.run()
