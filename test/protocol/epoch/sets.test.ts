// Sets follow the bonds: two epochs later, a seventh of the authorities at a time, and only what
// the stake has signed.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { type Candidate, nextSet } from '../../../protocol/epoch/next-set.ts'
import { STAKING_ADDRESS } from '../../../protocol/params.ts'
import { encodeRegister, makeRegistration } from '../../../protocol/staking/staking-calls.ts'
import { simBls, simVrf } from '../../sim/sim-crypto.ts'
import { sign, WALLETS, type Wallet } from '../chain-world.ts'
import { EpochWorld, keyOf, STAKE } from './epoch-world.ts'

const candidate = (number: number, over: Partial<Candidate> = {}): Candidate => ({
  address: `0x${(0xa000 + number).toString(16).padStart(40, '0')}`,
  blsPublicKey: bytesToHex(simBls.publicKey(keyOf(number))),
  vrfPublicKey: bytesToHex(simVrf.publicKey(keyOf(number))),
  stake: STAKE,
  authorityWanted: true,
  ...over,
})

const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => candidate(from + i))
/** A set of authorities, as a genesis would have it. */
const setOf = (candidates: readonly Candidate[]) => ({
  validators: candidates.map(({ authorityWanted, ...one }, index) => ({
    ...one,
    index,
    authority: authorityWanted,
  })),
})
const names = (set: { validators: readonly { address: Hex; authority: boolean }[] }) =>
  set.validators.map(({ address, authority }) => {
    return `${Number(BigInt(address) & 0xfffn)}${authority ? 'a' : 's'}`
  })

test('a set without news keeps its order and its hash', () => {
  const set = setOf([...range(0, 4), candidate(9, { authorityWanted: false })])
  const shuffled = [4, 2, 0, 3, 1].map((i) => set.validators[i] as (typeof set.validators)[0])
  const again = shuffled.map(({ index: _, authority, ...one }) => ({
    ...one,
    authorityWanted: authority,
  }))
  assert.equal(nextSet(set, again), set)
})

test('of 21 authorities at most three leave, three come and three change their key', () => {
  const set = setOf(range(0, 21))
  const left = nextSet(set, range(5, 30))
  const seats = left.validators.filter(({ authority }) => authority)
  assert.is(seats.length, 21)
  const came = seats.filter(({ address }) => address >= candidate(21).address)
  assert.is(came.length, 3)
  // Whoever waits for a seat is a staker until then.
  assert.is(left.validators.length, 27)
  assert.equal(names(left).slice(0, 3), ['3a', '4a', '5a'])
  const rotated = range(0, 21).map((one, i) => ({
    ...one,
    blsPublicKey: bytesToHex(simBls.publicKey(keyOf(100 + i))),
  }))
  const changed = nextSet(set, rotated).validators.filter(
    ({ blsPublicKey }, i) => blsPublicKey !== set.validators[i]?.blsPublicKey,
  )
  assert.is(changed.length, 3)
})

test('small sets change one by one, and somebody always stays', () => {
  assert.equal(names(nextSet(setOf(range(0, 4)), range(2, 4))), ['1a', '2a', '3a'])
  assert.equal(names(nextSet(setOf(range(0, 4)), range(0, 6))), [
    '0a',
    '1a',
    '2a',
    '3a',
    '4a',
    '5s',
  ])
  assert.equal(names(nextSet(setOf(range(0, 1)), [])), ['0a'])
  assert.equal(names(nextSet(setOf(range(0, 1)), range(5, 6))), ['0a', '5a'])
})

test('stakers come and go freely, the richest first', () => {
  const set = setOf(range(0, 4))
  const stakers = [7, 8, 9].map((number) =>
    candidate(number, { authorityWanted: false, stake: BigInt(number) * STAKE }),
  )
  const next = nextSet(set, [...range(0, 4), ...stakers])
  assert.equal(names(next), ['0a', '1a', '2a', '3a', '9s', '8s', '7s'])
  assert.equal(names(nextSet(next, [...range(0, 4), ...stakers.slice(0, 1)])), [
    ...['0a', '1a', '2a', '3a', '7s'],
  ])
})

function register(world: EpochWorld, operator: Wallet, number: number) {
  const registration = makeRegistration(simBls, world.config.chain, keyOf(number), {
    operator: operator.address,
    vrfPublicKey: bytesToHex(simVrf.publicKey(keyOf(number))),
    commission: 0,
  })
  const data = encodeRegister(registration)
  return sign(operator, { to: STAKING_ADDRESS, value: STAKE, data, gasLimit: 8_000_000 })
}

test('who registers in epoch 0 votes in epoch 2, if the stake has signed it', () => {
  for (const certify of [true, false]) {
    const world = new EpochWorld()
    const operator = WALLETS[0] as Wallet
    world.step({ sent: [register(world, operator, 10)] })
    assert.is(world.block.transactions.length, 1)
    const sizes: number[] = []
    for (let epoch = 0; epoch < 4; epoch++) {
      sizes.push(world.rules.set.validators.length)
      world.epoch({ certify })
    }
    assert.equal(sizes, certify ? [4, 4, 5, 5] : [4, 4, 4, 4])
    if (!certify) continue
    const added = world.rules.set.validators.at(-1)
    assert.equal([added?.address, added?.authority], [operator.address, false])
  }
})

test.run()
