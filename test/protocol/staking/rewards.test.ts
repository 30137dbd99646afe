// Rewards: how each mode shares them, commission, delegators, and the last wei of every division.
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ModeNumber } from '../../../protocol/consensus/validator-set.ts'
import { NOTARIZE } from '../../../protocol/consensus/vote.ts'
import { splitFees } from '../../../protocol/governance/fee-split.ts'
import { PARAMETERS, type Parameters } from '../../../protocol/governance/parameters.ts'
import { STAKING_ADDRESS } from '../../../protocol/params.ts'
import { payBlockReward, payEpochRewards } from '../../../protocol/staking/block-reward.ts'
import { REWARD_SCALE } from '../../../protocol/staking/pool.ts'
import * as calls from '../../../protocol/staking/staking-calls.ts'
import { POT } from '../../../protocol/staking/staking-storage.ts'
import { AITBC, account, codeOf, StakeWorld } from './stake-world.ts'

const TEN = 10_000n * AITBC

/** Two authorities, and two stakers with 1 and 3 times an authority's stake. */
function world(): StakeWorld {
  const w = new StakeWorld()
  w.admit(account(0), account(1))
  for (const [n, wei] of [TEN, TEN, TEN, 3n * TEN].entries()) w.register(n, wei)
  w.nextEpoch()
  return w
}

function payBlock(w: StakeWorld, amount: bigint, mode: ModeNumber, proposer: number): void {
  w.balances.set(STAKING_ADDRESS, w.balance(STAKING_ADDRESS) + amount)
  payBlockReward(w.staking, { amount, mode, proposer: account(proposer) })
}

function endEpoch(w: StakeWorld, mode: ModeNumber, marks: readonly number[]): void {
  const participants = w.set.validators.map((one) => {
    const { address, stake, authority } = one
    return { address, stake, authority, marks: marks[Number(BigInt(address) - 0xa0_0000n)] ?? 0 }
  })
  payEpochRewards(w.staking, { mode, participants })
}

/** In thousandths of an AITBC, as the rewards below. */
const MILLI = AITBC / 1000n
const earned = (w: StakeWorld) =>
  [0, 1, 2, 3].map((n) => {
    const wei = w.delegation(n, n).rewards + w.validator(n).commissionOwed
    assert.is((10n * wei) % MILLI, 0n)
    return Number((10n * wei) / MILLI) / 10
  })

test('FAST: a tenth to the proposer, the rest to authorities by the time they were seen', () => {
  const w = world()
  payBlock(w, AITBC, 0, 2)
  assert.equal(earned(w), [0, 0, 100, 0])
  endEpoch(w, 0, [10, 5, 10, 10])
  assert.equal(earned(w), [600, 300, 100, 0])
})

test('SECURE: by stake; BALANCED: 70 to authorities, 30 to stakers by stake', () => {
  const secure = world()
  payBlock(secure, AITBC, 2, 0)
  endEpoch(secure, 2, [10, 10, 10, 10])
  assert.equal(earned(secure), [250, 150, 150, 450])
  const balanced = world()
  payBlock(balanced, AITBC, 1, 0)
  endEpoch(balanced, 1, [10, 10, 10, 10])
  assert.equal(earned(balanced), [100 + 315, 315, 67.5, 202.5])
})

test('BALANCED: who is alone has all of it, and without anybody the pot waits', () => {
  const w = world()
  payBlock(w, AITBC, 1, 0)
  endEpoch(w, 1, [0, 0, 0, 0])
  assert.is(w.staking.load(POT), (9n * AITBC) / 10n)
  endEpoch(w, 1, [10, 0, 0, 0])
  assert.equal(earned(w), [1000, 0, 0, 0])
  payBlock(w, AITBC, 1, 0)
  endEpoch(w, 1, [0, 0, 0, 1])
  assert.equal(earned(w), [1100, 0, 0, 900])
})

test('commission first, then everybody by what is bonded, later money for later rewards only', () => {
  const w = new StakeWorld()
  w.register(0, 1000n * AITBC, 1000)
  w.setParameter('reward_proposer_fast_bp', 10_000n)
  payBlock(w, 100n * MILLI, 0, 0)
  w.do(account(5), calls.encodeDelegate(account(0)), 3000n * AITBC)
  payBlock(w, AITBC, 0, 0)
  assert.is(w.delegation(0, 0).rewards, (90n + 225n) * MILLI)
  assert.is(w.validator(0).commissionOwed, (10n + 100n) * MILLI)
  assert.is(w.delegation(0, 5).rewards, 675n * MILLI)
  const before = w.balance(account(5))
  w.do(account(5), calls.encodeUnbond(account(0), 3000n * AITBC))
  payBlock(w, AITBC, 0, 0)
  w.do(account(5), calls.encodeClaimRewards(account(0)))
  assert.is(w.balance(account(5)) - before, 675n * MILLI, 'rewards survive the way out')
  assert.is(codeOf(w.call(account(5), calls.encodeClaimRewards(account(0)))), 'NO_REWARDS')
  const own = w.balance(account(0))
  w.do(account(0), calls.encodeClaimRewards(account(0)))
  assert.is(w.balance(account(0)) - own, (315n + 900n + 10n + 100n + 100n) * MILLI)
  assert.is(w.balance(STAKING_ADDRESS), 4000n * AITBC, 'every wei of rewards is paid out')
})

test('a wei among three waits until it can be divided', () => {
  const w = new StakeWorld()
  w.setParameter('stake_minimum_wei', 1n)
  w.setParameter('reward_proposer_fast_bp', 10_000n)
  w.register(0, 1n)
  for (const n of [5, 6]) w.do(account(n), calls.encodeDelegate(account(0)), 1n)
  payBlock(w, 1n, 0, 0)
  assert.is(w.delegation(0, 5).rewards, 0n)
  payBlock(w, 2n, 0, 0)
  for (const n of [0, 5, 6]) assert.is(w.delegation(0, n).rewards, 1n)
  assert.is(REWARD_SCALE % 3n, 1n, 'the test would mean nothing if a third were exact')
})

test('who is out earns nothing, and who is nobody neither', () => {
  const w = world()
  w.do(account(30), calls.encodeSubmitEvidence(w.evidence(2, NOTARIZE, 0)))
  payBlock(w, 1000n, 2, 2)
  payBlock(w, 1000n, 2, 20)
  assert.is(w.staking.load(POT), 2000n)
})

test('base fees are split exactly, by default all to the treasury', () => {
  const initial: Parameters = (name) => PARAMETERS[name].initial
  assert.equal(splitFees(1001n, initial), { burned: 0n, treasury: 1001n, rewards: 0n })
  const read: Parameters = (name) =>
    name === 'fee_burn_bp' ? 3333n : name === 'fee_treasury_bp' ? 3333n : initial(name)
  assert.equal(splitFees(1001n, read), { burned: 333n, treasury: 333n, rewards: 335n })
  const whole: Parameters = (name) =>
    name === 'fee_burn_bp' ? 3333n : name === 'fee_treasury_bp' ? 6667n : initial(name)
  assert.equal(splitFees(1001n, whole), { burned: 333n, treasury: 668n, rewards: 0n })
})

test.run()
