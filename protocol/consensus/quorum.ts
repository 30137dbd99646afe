// When a set of signers is a quorum (CONSENSUS, Q(mode, S)): strict and in integers. Authorities
// have one vote each; stake counts everybody's bond, authorities' too.

import type { Fraction, QuorumRules } from './epoch-rules.ts'
import type { ValidatorSet } from './validator-set.ts'

export type QuorumPurpose = 'block' | 'nullify'

export interface Weight {
  readonly authorities: number
  readonly stake: bigint
}

/** More than two thirds of all stake. */
export const TWO_THIRDS: Fraction = { numerator: 2n, denominator: 3n }

/** PERF: asked for with every vote. */
const totals = new WeakMap<ValidatorSet, Weight>()

function totalOf(set: ValidatorSet): Weight {
  let total = totals.get(set)
  if (!total) {
    total = weightOf({ set })
    totals.set(set, total)
  }
  return total
}

/** The weight of these signers; of everybody without them. */
export function weightOf({ set }: Pick<QuorumRules, 'set'>, signers?: ReadonlySet<number>): Weight {
  let authorities = 0
  let stake = 0n
  for (const validator of set.validators) {
    if (signers && !signers.has(validator.index)) continue
    if (validator.authority) authorities++
    stake += validator.stake
  }
  return { authorities, stake }
}

/** More than the share of all stake. */
export function hasStake(
  { set }: Pick<QuorumRules, 'set'>,
  { stake }: Weight,
  { numerator, denominator } = TWO_THIRDS,
): boolean {
  return denominator * stake > numerator * totalOf(set).stake
}

export function isQuorum(rules: QuorumRules, weight: Weight, purpose: QuorumPurpose): boolean {
  if (rules.mode === 2) return hasStake(rules, weight)
  if (3 * weight.authorities <= 2 * totalOf(rules.set).authorities) return false
  // A missing staker must not freeze view changes: nullify needs the authorities alone.
  if (rules.mode === 0 || purpose === 'nullify') return true
  return hasStake(rules, weight, rules.balancedStake)
}
