// Registering, bonding, delegating and the way out: who may, what it costs, what is refused, and 21
// days on the chain's clock.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import * as viem from 'viem'
import { bytesToHex } from '../../../lib/hex.ts'
import { blsNoble } from '../../../protocol/crypto/bls-noble.ts'
import { CANDIDATES_MAX, CLAIMS_MAX, STAKING_ADDRESS } from '../../../protocol/params.ts'
import { snapshotValidators } from '../../../protocol/staking/candidates.ts'
import { weightAt } from '../../../protocol/staking/epoch-history.ts'
import { jailForDowntime } from '../../../protocol/staking/jail.ts'
import { STAKING_ABI_TEXT } from '../../../protocol/staking/staking-abi.ts'
import * as calls from '../../../protocol/staking/staking-calls.ts'
import { CANDIDATE_COUNT } from '../../../protocol/staking/staking-storage.ts'
import { AITBC, account, blsSecret, codeOf, RICH, StakeWorld, vrfKey } from './stake-world.ts'

const DAYS_21 = 21 * 86_400
const [alice, bob, carol] = [account(0), account(1), account(2)]

test('a validator registers with real keys, and viem reads and writes the same', () => {
  const w = new StakeWorld(blsNoble)
  const abi = viem.parseAbi(STAKING_ABI_TEXT)
  const r = w.registration(0, { commission: 500 })
  const data = viem.encodeFunctionData({
    abi,
    functionName: 'register',
    args: [
      bytesToHex(r.blsPublicKey),
      bytesToHex(r.possession),
      bytesToHex(r.authorization),
      r.vrfPublicKey,
      500n,
    ],
  })
  assert.is(bytesToHex(calls.encodeRegister(r)), data)
  w.do(alice, calls.encodeRegister(r), 1_000n * AITBC)
  const output = bytesToHex(w.do(bob, calls.encodeValidatorOf(alice)))
  const seen = viem.decodeFunctionResult({ abi, functionName: 'validatorOf', data: output })
  assert.equal(seen.slice(0, 6), [
    1,
    bytesToHex(r.blsPublicKey),
    vrfKey(0),
    500n,
    1_000n * AITBC,
    1_000n * AITBC,
  ])
  const [log] = viem.parseEventLogs({
    abi,
    eventName: 'Bonded',
    logs: w.logs.map((one) => ({ ...one, data: bytesToHex(one.data) })) as never,
  })
  assert.is(log?.args.amount, 1_000n * AITBC)
  assert.is(w.balance(STAKING_ADDRESS), 1_000n * AITBC)
  const stranger = w.registration(1)
  const stolen = { ...stranger, possession: blsNoble.provePossession(blsSecret(5)) }
  assert.is(codeOf(w.call(bob, calls.encodeRegister(stolen), RICH)), 'BAD_POSSESSION')
})

test('a rogue, copied or used key is refused, and so are terms that make no sense', () => {
  const w = new StakeWorld()
  const fine = w.registration(0)
  const bond = 1_000n * AITBC
  const tryIt = (change: object, value = bond, caller = alice) =>
    codeOf(w.call(caller, calls.encodeRegister({ ...fine, ...change }), value))
  assert.is(tryIt({ possession: w.registration(1).possession }), 'BAD_POSSESSION')
  // Somebody who saw the proofs in the mempool has not the key's word that it is his.
  assert.is(tryIt({}, bond, bob), 'BAD_AUTHORIZATION')
  assert.is(tryIt({ vrfPublicKey: vrfKey(9) }), 'BAD_AUTHORIZATION')
  assert.is(tryIt({ blsPublicKey: fine.blsPublicKey.subarray(1) }), 'BAD_KEY_LENGTH')
  assert.is(tryIt({ possession: fine.possession.subarray(1) }), 'BAD_KEY_LENGTH')
  assert.is(tryIt({ authorization: new Uint8Array(0) }), 'BAD_KEY_LENGTH')
  assert.is(tryIt({ vrfPublicKey: `0x${'0'.repeat(64)}` }), 'BAD_VRF_KEY')
  assert.is(tryIt({ commission: 10_001 }), 'BAD_COMMISSION')
  assert.is(tryIt({}, bond - 1n), 'STAKE_TOO_LOW')
  assert.is(w.words.size, 0)
  assert.is(tryIt({ commission: 10_000 }), 'accepted')
  assert.is(tryIt({}), 'ALREADY_REGISTERED')
  const again = w.registration(0, { operator: bob, vrf: vrfKey(1) })
  assert.is(codeOf(w.call(bob, calls.encodeRegister(again), bond)), 'KEY_IN_USE')
  const sameVrf = w.registration(1, { vrf: vrfKey(0) })
  assert.is(codeOf(w.call(bob, calls.encodeRegister(sameVrf), bond)), 'KEY_IN_USE')
})

test('calls that are none are refused', () => {
  const w = new StakeWorld()
  assert.is(codeOf(w.call(alice, Uint8Array.of(1, 2, 3, 4))), 'UNKNOWN_FUNCTION')
  assert.is(codeOf(w.call(alice, new Uint8Array(0), 5n)), 'UNKNOWN_FUNCTION')
  assert.is(codeOf(w.call(alice, calls.encodeWithdraw(), 1n)), 'NOT_PAYABLE')
  const trailing = Uint8Array.from([...calls.encodeUnjail(), 0])
  assert.is(codeOf(w.call(alice, trailing)), 'BAD_CALLDATA')
  for (const data of [
    calls.encodeUnjail(),
    calls.encodeRotateVrfKey(vrfKey(1)),
    calls.encodeUnbond(bob, 1n),
    calls.encodeClaimRewards(bob),
  ]) {
    assert.is(codeOf(w.call(alice, data)), 'NOT_REGISTERED')
  }
  assert.is(codeOf(w.call(alice, calls.encodeBond(), 1n)), 'NOT_REGISTERED')
})

test('a rotated VRF key is the one of the next snapshot, and no key comes back', () => {
  const w = new StakeWorld()
  w.register(0)
  w.register(1)
  assert.is(codeOf(w.call(alice, calls.encodeRotateVrfKey(vrfKey(1)))), 'KEY_IN_USE')
  assert.is(codeOf(w.call(alice, calls.encodeRotateVrfKey(`0x${'0'.repeat(64)}`))), 'BAD_VRF_KEY')
  w.do(alice, calls.encodeRotateVrfKey(vrfKey(20)))
  assert.is(snapshotValidators(w.staking)[0]?.vrfPublicKey, vrfKey(20))
  assert.is(codeOf(w.call(alice, calls.encodeRotateVrfKey(vrfKey(0)))), 'KEY_IN_USE')
})

test('unbonded money waits 21 days of chain time, to the second', () => {
  const w = new StakeWorld()
  w.register(0)
  w.do(bob, calls.encodeDelegate(alice), 500n * AITBC)
  assert.is(codeOf(w.call(bob, calls.encodeUnbond(alice, 0n))), 'ZERO_AMOUNT')
  assert.is(codeOf(w.call(bob, calls.encodeDelegate(alice), 0n)), 'ZERO_AMOUNT')
  assert.is(codeOf(w.call(bob, calls.encodeUnbond(alice, 500n * AITBC + 1n))), 'BOND_TOO_LOW')
  assert.is(codeOf(w.call(bob, calls.encodeUnbond(alice, 1n << 200n))), 'BOND_TOO_LOW')
  assert.is(codeOf(w.call(carol, calls.encodeUnbond(alice, 1n))), 'BOND_TOO_LOW')
  w.do(bob, calls.encodeUnbond(alice, 200n * AITBC))
  assert.equal(w.claim(1), {
    validator: alice,
    amount: 200n * AITBC,
    worth: 200n * AITBC,
    maturesAt: w.now + DAYS_21,
  })
  assert.is(w.validator(0).bonded, 10_300n * AITBC)
  w.now += DAYS_21 - 1
  assert.is(codeOf(w.call(bob, calls.encodeWithdraw())), 'NOTHING_MATURED')
  w.do(bob, calls.encodeUnbond(alice, 300n * AITBC))
  w.now += 1
  w.do(bob, calls.encodeWithdraw())
  assert.is(w.balance(bob), RICH - 300n * AITBC)
  assert.is(codeOf(w.call(bob, calls.encodeWithdraw())), 'NOTHING_MATURED')
  assert.is(w.claim(1).amount, 300n * AITBC)
  w.now += DAYS_21
  w.do(bob, calls.encodeWithdraw())
  assert.is(w.balance(bob), RICH)
  assert.equal(w.delegation(0, 1), { bonded: 0n, shares: 0n, rewards: 0n })
})

test('claims of one account are limited, until some are withdrawn', () => {
  const w = new StakeWorld()
  w.register(0)
  for (let i = 0; i < CLAIMS_MAX; i++) w.do(alice, calls.encodeUnbond(alice, 1n))
  assert.is(codeOf(w.call(alice, calls.encodeUnbond(alice, 1n))), 'TOO_MANY_CLAIMS')
  w.now += DAYS_21
  w.do(alice, calls.encodeWithdraw())
  w.do(alice, calls.encodeUnbond(alice, 1n))
})

test('whoever is bonded below the minimum leaves the set, and comes back with the bond', () => {
  const w = new StakeWorld()
  w.admit(alice)
  w.register(0, 10_000n * AITBC)
  w.register(1, 1_000n * AITBC)
  const authority = (who = alice) => w.do(bob, calls.encodeAuthority(who)).at(-1) === 1
  assert.ok(authority())
  assert.not.ok(authority(bob), 'bob has no seat')
  assert.equal(
    snapshotValidators(w.staking).map(({ address, authorityWanted }) => [address, authorityWanted]),
    [
      [alice, true],
      [bob, false],
    ],
  )
  w.do(alice, calls.encodeUnbond(alice, 1n))
  assert.not.ok(authority(), 'an authority below 10,000')
  w.do(bob, calls.encodeUnbond(bob, 1n))
  assert.is(w.validator(1).status, 'below')
  assert.equal(
    snapshotValidators(w.staking).map(({ address }) => address),
    [alice],
  )
  w.do(carol, calls.encodeDelegate(bob), 1n)
  assert.is(w.validator(1).status, 'listed')
  w.setParameter('stake_minimum_wei', 2_000n * AITBC)
  assert.is(snapshotValidators(w.staking).length, 1, 'a higher minimum holds at once')
})

test('the list of candidates has an end, and its places are used again', () => {
  const w = new StakeWorld()
  w.setParameter('stake_minimum_wei', 1n)
  for (let n = 0; n < 4; n++) w.register(n, 5n)
  w.staking.save(CANDIDATE_COUNT, BigInt(CANDIDATES_MAX))
  const late = calls.encodeRegister(w.registration(4))
  assert.is(codeOf(w.call(account(4), late, 5n)), 'SET_FULL')
  w.staking.save(CANDIDATE_COUNT, 4n)
  w.do(alice, calls.encodeUnbond(alice, 5n))
  w.do(account(4), late, 5n)
  const order = snapshotValidators(w.staking).map(({ address }) => address)
  assert.equal(order, [1, 2, 3, 4].map(account), 'by registration, whatever the places')
  // The one that was moved into the free place leaves too.
  w.do(account(3), calls.encodeUnbond(account(3), 5n))
  w.do(account(4), calls.encodeUnbond(account(4), 5n))
  const rest = snapshotValidators(w.staking).map(({ address }) => address)
  assert.equal(rest, [1, 2].map(account))
})

test('jail for downtime takes the seat only, and its time must pass', () => {
  const w = new StakeWorld()
  w.register(0)
  assert.is(codeOf(w.call(alice, calls.encodeUnjail())), 'NOT_JAILED')
  w.setParameter('downtime_jail', 0n)
  jailForDowntime(w.system, [alice])
  assert.is(w.validator(0).status, 'listed')
  w.setParameter('downtime_jail', 1n)
  jailForDowntime(w.system, [alice, bob])
  const { status, bonded, jailedUntil } = w.validator(0)
  assert.equal([status, bonded, jailedUntil], ['jailed', 10_000n * AITBC, w.now + 600])
  assert.is(snapshotValidators(w.staking).length, 0)
  w.now += 599
  jailForDowntime(w.system, [alice])
  assert.is(codeOf(w.call(alice, calls.encodeUnjail())), 'STILL_JAILED', 'not made longer')
  w.now += 1
  w.do(alice, calls.encodeUnjail())
  assert.is(w.validator(0).status, 'listed')
})

test('weights of past epochs stay what they were', () => {
  const w = new StakeWorld()
  w.register(0)
  w.register(1)
  assert.is(w.nextEpoch(), 0)
  assert.is(w.nextEpoch(), 1)
  w.do(carol, calls.encodeDelegate(alice), 7n)
  w.nextEpoch()
  w.do(bob, calls.encodeUnbond(bob, 10_000n * AITBC))
  w.nextEpoch()
  w.nextEpoch()
  const stakes = (who: typeof alice) =>
    [0, 1, 2, 3, 4].map((epoch) => weightAt(w.staking, who, epoch)?.stake)
  const ten = 10_000n * AITBC
  assert.equal(stakes(alice), [ten, ten, ten + 7n, ten + 7n, ten + 7n])
  assert.equal(stakes(bob), [ten, ten, ten, undefined, undefined])
  assert.equal(stakes(carol), [undefined, undefined, undefined, undefined, undefined])
})

test.run()
