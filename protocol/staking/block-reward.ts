// Paying rewards. Each block pays its proposer and puts the rest into a pot; the end of the epoch
// shares the pot out among those who were seen at work: equally among authorities (FAST), by stake
// (SECURE), or 70 to 30 (BALANCED). Nothing is added to bonds, so that paying does not change sets.

import type { Hex } from '../../lib/hex.ts'
import type { ModeNumber } from '../consensus/validator-set.ts'
import type { ParameterName } from '../governance/parameters.ts'
import type { ModuleState } from '../modules/module.ts'
import { addToWord } from '../modules/storage-layout.ts'
import { BASIS_POINTS } from '../params.ts'
import { loadPool, savePool, withReward } from './pool.ts'
import { assertSolvent, parameter } from './staking-context.ts'
import { POT, TOTAL_REWARDS } from './staking-storage.ts'
import { loadValidator } from './validator-record.ts'

const PROPOSER_SHARE = [
  'reward_proposer_fast_bp',
  'reward_proposer_balanced_bp',
  'reward_proposer_secure_bp',
] as const satisfies readonly ParameterName[]

/** The wei that were credited: all, or none to a validator that is out or has nothing bonded. */
function credit(state: ModuleState, operator: Hex, amount: bigint): bigint {
  if (amount === 0n) return 0n
  const record = loadValidator(state, operator)
  if (record === undefined || record.tombstoned) return 0n
  const pool = loadPool(state, operator)
  if (pool.shares === 0n) return 0n
  savePool(state, operator, withReward(pool, amount, record.commission))
  return amount
}

export interface BlockReward {
  /** Wei, on the module's account already: new money, and what fees give. */
  readonly amount: bigint
  readonly mode: ModeNumber
  /** Operator of the validator that proposed the block. */
  readonly proposer: Hex
}

/** Once a block. */
export function payBlockReward(state: ModuleState, reward: BlockReward): void {
  const { amount, mode, proposer } = reward
  if (amount === 0n) return
  const share = (amount * parameter(state, PROPOSER_SHARE[mode])) / BASIS_POINTS
  const paid = credit(state, proposer, share)
  addToWord(state, TOTAL_REWARDS, amount)
  addToWord(state, POT, amount - paid)
  assertSolvent(state)
}

export interface Participant {
  /** Operator. */
  readonly address: Hex
  readonly stake: bigint
  readonly authority: boolean
  /** Parts of the epoch in which it was seen at work. */
  readonly marks: number
}

type WeightOf = (one: Participant) => bigint

const equally: WeightOf = ({ authority, marks }) => (authority ? BigInt(marks) : 0n)
const byStake: WeightOf = ({ stake, marks }) => stake * BigInt(marks)
const stakersByStake: WeightOf = (one) => (one.authority ? 0n : byStake(one))

function share(
  state: ModuleState,
  participants: readonly Participant[],
  { amount, weightOf }: { readonly amount: bigint; readonly weightOf: WeightOf },
): bigint {
  const total = participants.reduce((sum, one) => sum + weightOf(one), 0n)
  if (total === 0n) return 0n
  let paid = 0n
  for (const one of participants) {
    paid += credit(state, one.address, (amount * weightOf(one)) / total)
  }
  return paid
}

/** Once an epoch, for its set and its mode. What cannot be divided stays for the next epoch. */
export function payEpochRewards(
  state: ModuleState,
  { mode, participants }: { mode: ModeNumber; participants: readonly Participant[] },
): void {
  const pot = state.load(POT)
  if (pot === 0n) return
  const anyone = (weightOf: WeightOf) => participants.some((one) => weightOf(one) > 0n)
  let parts: { amount: bigint; weightOf: WeightOf }[]
  if (mode === 0) parts = [{ amount: pot, weightOf: equally }]
  else if (mode === 2) parts = [{ amount: pot, weightOf: byStake }]
  else {
    const authorities = (pot * parameter(state, 'reward_authorities_balanced_bp')) / BASIS_POINTS
    // Whoever is alone gets the other side's part too.
    const whole = anyone(equally) ? pot : 0n
    const first = anyone(stakersByStake) ? (anyone(equally) ? authorities : 0n) : whole
    parts = [
      { amount: first, weightOf: equally },
      { amount: pot - first, weightOf: stakersByStake },
    ]
  }
  let paid = 0n
  for (const part of parts) paid += share(state, participants, part)
  addToWord(state, POT, -paid)
  assertSolvent(state)
}
