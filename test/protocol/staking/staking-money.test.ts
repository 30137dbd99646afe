// The money of staking under random operations by random people: no wei is made or lost, debts are
// exactly what accounts can claim, no share is worth more than was put in, and at the end everybody
// can leave with what is theirs.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { ModeNumber } from '../../../protocol/consensus/validator-set.ts'
import { CHECKPOINT, FINALIZE, NOTARIZE, PROPOSE } from '../../../protocol/consensus/vote.ts'
import { addressOf } from '../../../protocol/modules/storage-layout.ts'
import { CLAIMS_MAX, STAKING_ADDRESS, UNBONDING_SECONDS } from '../../../protocol/params.ts'
import { payBlockReward, payEpochRewards } from '../../../protocol/staking/block-reward.ts'
import { claimCount, claimWorth, loadClaim } from '../../../protocol/staking/claims.ts'
import { currentEpoch } from '../../../protocol/staking/epoch-history.ts'
import { jailForDowntime } from '../../../protocol/staking/jail.ts'
import {
  loadDelegation,
  loadPool,
  type Pool,
  REWARD_SCALE,
} from '../../../protocol/staking/pool.ts'
import * as calls from '../../../protocol/staking/staking-calls.ts'
import {
  CANDIDATE_COUNT,
  candidateSlot,
  POT,
  TOTAL_BONDED,
  TOTAL_CLAIMS,
  TOTAL_REWARDS,
} from '../../../protocol/staking/staking-storage.ts'
import { loadValidator } from '../../../protocol/staking/validator-record.ts'
import { account, StakeWorld } from './stake-world.ts'

const VALIDATORS = [0, 1, 2, 3]
const PEOPLE = [0, 1, 2, 3, 4]
/** Mostly the lesser offence, which leaves something to go on with. */
const EVIDENCE_KINDS = [NOTARIZE, PROPOSE, FINALIZE, PROPOSE, PROPOSE, CHECKPOINT] as const

const action = fc.record({
  kind: fc.constantFrom(
    ...(['register', 'delegate', 'delegate', 'delegate', 'unbond', 'unbond', 'withdraw'] as const),
    ...(['claim', 'claim', 'block', 'block', 'epoch', 'epoch', 'evidence', 'jail'] as const),
    ...(['unjail', 'wait', 'parameter'] as const),
  ),
  who: fc.nat(4),
  validator: fc.nat(3),
  amount: fc.bigInt(0n, 3_000n),
  pick: fc.nat(1000),
})
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never

interface Ledger {
  minted: bigint
}

function endEpoch(w: StakeWorld, pick: number): void {
  const participants = w.set.validators.map(({ address, stake, authority }, i) => {
    return { address, stake, authority, marks: (pick >> i) % 4 }
  })
  payEpochRewards(w.staking, { mode: (pick % 3) as ModeNumber, participants })
  w.nextEpoch(60 + pick)
}

function perform(w: StakeWorld, ledger: Ledger, action: Action): void {
  const { who, validator, amount, pick } = action
  const me = account(who)
  const to = account(validator)
  switch (action.kind) {
    case 'register':
      if (w.balance(to) >= amount) {
        const registration = w.registration(validator, { commission: (pick * 37) % 10_001 })
        w.call(to, calls.encodeRegister(registration), amount)
      }
      break
    case 'delegate':
      if (w.balance(me) >= amount) w.call(me, calls.encodeDelegate(to), amount)
      break
    case 'unbond': {
      const bonded = w.delegation(validator, who).bonded
      w.call(me, calls.encodeUnbond(to, pick % 3 === 0 ? bonded : amount % (bonded / 4n + 2n)))
      break
    }
    case 'withdraw':
      w.call(me, calls.encodeWithdraw())
      break
    case 'claim':
      w.call(me, calls.encodeClaimRewards(to))
      break
    case 'block': {
      const mode = (pick % 3) as ModeNumber
      ledger.minted += amount
      w.balances.set(STAKING_ADDRESS, w.balance(STAKING_ADDRESS) + amount)
      payBlockReward(w.staking, { amount, mode, proposer: to })
      break
    }
    case 'epoch':
      endEpoch(w, pick)
      break
    case 'evidence': {
      const epoch = Math.max(0, currentEpoch(w.staking) - (pick % 3))
      const kind = EVIDENCE_KINDS[pick % EVIDENCE_KINDS.length] as (typeof EVIDENCE_KINDS)[number]
      w.call(me, calls.encodeSubmitEvidence(w.evidence(validator, kind, epoch)))
      break
    }
    case 'jail':
      jailForDowntime(w.system, [to])
      break
    case 'unjail':
      w.call(to, calls.encodeUnjail())
      break
    case 'wait':
      w.now += pick % 2 === 0 ? 601 : UNBONDING_SECONDS
      break
    case 'parameter':
      if (pick % 3 === 0) w.setParameter('stake_minimum_wei', amount + 1n)
      else w.setParameter('slash_double_bp', 1n + BigInt(pick * 9))
      break
  }
}

/** Debts against everything that anybody could claim, in 10^-18 wei. */
function checkDebts(w: StakeWorld): void {
  const s = w.staking
  let bonded = 0n
  let rewards = s.load(POT) * REWARD_SCALE
  for (const n of VALIDATORS) {
    const pool = loadPool(s, account(n))
    const delegations = PEOPLE.map((person) =>
      loadDelegation(s, { validator: account(n), delegator: account(person) }, pool),
    )
    const shares = delegations.reduce((sum, one) => sum + one.shares, 0n)
    assert.is(shares, pool.shares, 'shares are exact')
    assert.ok(pool.tokens <= pool.shares)
    const worth = PEOPLE.reduce((sum, person) => sum + w.delegation(n, person).bonded, 0n)
    assert.ok(worth <= pool.tokens && worth + BigInt(PEOPLE.length) > pool.tokens)
    bonded += pool.tokens
    rewards += pool.remainder + pool.commissionOwed * REWARD_SCALE
    rewards += delegations.reduce((sum, one) => sum + one.earned, 0n)
  }
  const claims = PEOPLE.flatMap((n) => {
    const owner = account(n)
    return Array.from({ length: claimCount(s, owner) }, (_, i) => loadClaim(s, owner, i))
  })
  for (const claim of claims) assert.ok(claimWorth(s, claim) <= claim.amount)
  assert.is(s.load(TOTAL_BONDED), bonded)
  const claimed = claims.reduce((sum, { amount }) => sum + amount, 0n)
  assert.is(s.load(TOTAL_CLAIMS), claimed)
  assert.is(s.load(TOTAL_REWARDS) * REWARD_SCALE, rewards)
  assert.is(w.balance(STAKING_ADDRESS), bonded + claimed + s.load(TOTAL_REWARDS))
}

/** Every candidate knows its place. */
function checkPlaces(w: StakeWorld): void {
  const count = Number(w.staking.load(CANDIDATE_COUNT))
  const places = VALIDATORS.map((n) => loadValidator(w.staking, account(n))?.listed ?? 0)
  assert.equal(
    places.filter((place) => place > 0).sort(),
    Array.from({ length: count }, (_, i) => i + 1),
  )
  for (const [n, place] of places.entries()) {
    if (place > 0) assert.is(addressOf(w.staking.load(candidateSlot(place - 1))), account(n))
  }
}

/** What somebody else does never lowers what a share is worth; only a slash does. */
function checkWorth(before: readonly Pool[], after: readonly Pool[]): void {
  for (const [n, { tokens, shares }] of after.entries()) {
    const old = before[n] as Pool
    if (shares > 0n && old.shares > 0n) assert.ok(tokens * old.shares >= old.tokens * shares)
  }
}

const isCut = ({ tokens, shares }: Pool) => tokens < shares

/** Everybody goes, with everything. */
function leave(w: StakeWorld): void {
  for (const n of VALIDATORS) {
    if (loadValidator(w.staking, account(n)) === undefined) continue
    for (const person of PEOPLE) {
      const who = account(person)
      if (claimCount(w.staking, who) >= CLAIMS_MAX) {
        w.now += UNBONDING_SECONDS
        w.do(who, calls.encodeWithdraw())
      }
      w.call(who, calls.encodeClaimRewards(account(n)))
      const { bonded } = w.delegation(n, person)
      if (bonded > 0n) w.do(who, calls.encodeUnbond(account(n), bonded))
    }
  }
  w.now += UNBONDING_SECONDS
  for (const person of PEOPLE) {
    if (claimCount(w.staking, account(person)) > 0) w.do(account(person), calls.encodeWithdraw())
  }
}

test('random operations conserve every wei, and everybody can leave with what is theirs', () => {
  // A test whose pools are all empty, or all whole, would prove little.
  let unbonded = 0
  fc.assert(
    fc.property(fc.array(action, { minLength: 80, maxLength: 80 }), (actions) => {
      const w = new StakeWorld()
      w.setParameter('stake_minimum_wei', 100n)
      w.setParameter('authority_minimum_wei', 500n)
      w.setParameter('slash_burn_bp', 1234n)
      w.admit(account(0), account(1))
      for (const n of [0, 1, 2]) w.register(n, 2_000n, 700 * n)
      w.do(account(4), calls.encodeDelegate(account(0)), 9_000n)
      w.do(account(4), calls.encodeDelegate(account(1)), 9_000n)
      w.nextEpoch()
      w.setParameter('slash_propose_bp', 333n)
      for (const n of [0, 1]) {
        w.do(account(4), calls.encodeSubmitEvidence(w.evidence(n, PROPOSE, 0)))
      }
      w.now += 600
      for (const n of [0, 1]) w.do(account(n), calls.encodeUnjail())
      const supply = w.supply()
      const ledger = { minted: 0n }
      for (const one of actions) {
        const before = VALIDATORS.map((n) => loadPool(w.staking, account(n)))
        perform(w, ledger, one)
        assert.is(w.supply(), supply + ledger.minted)
        checkDebts(w)
        checkPlaces(w)
        const after = VALIDATORS.map((n) => loadPool(w.staking, account(n)))
        if (one.kind !== 'evidence') checkWorth(before, after)
        const left = (pool: Pool, n: number) => pool.tokens < (before[n] as Pool).tokens
        if (one.kind === 'unbond' && after.some((pool, n) => left(pool, n) && isCut(pool))) {
          unbonded++
        }
      }
      leave(w)
      checkDebts(w)
      // What stays is less than a wei for each delegation, and rewards that nobody earned.
      assert.ok(w.staking.load(TOTAL_BONDED) <= BigInt(VALIDATORS.length * PEOPLE.length))
      assert.is(w.staking.load(TOTAL_CLAIMS), 0n)
    }),
    { numRuns: 25, seed: 4 },
  )
  assert.ok(unbonded > 20, `${unbonded} from pools that were slashed`)
})

test.run()
