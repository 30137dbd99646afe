// When a set of signers is a quorum (CONSENSUS, Q(mode, S)): strict and in integers. Authorities
// have one vote each; stake counts everybody's bond, authorities' too.

import type { QuorumRules } from './epoch-rules.ts'

export type QuorumPurpose = 'block' | 'nullify'

export interface Weight {
  readonly authorities: number
  readonly stake: bigint
}

const TWO_THIRDS = { numerator: 2n, denominator: 3n }

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
  rules: Pick<QuorumRules, 'set'>,
  signers: ReadonlySet<number>,
  { numerator, denominator } = TWO_THIRDS,
): boolean {
  return denominator * weightOf(rules, signers).stake > numerator * weightOf(rules).stake
}

export function isQuorum(
  rules: QuorumRules,
  signers: ReadonlySet<number>,
  purpose: QuorumPurpose,
): boolean {
  if (rules.mode === 2) return hasStake(rules, signers)
  const { authorities } = weightOf(rules, signers)
  if (3 * authorities <= 2 * weightOf(rules).authorities) return false
  // A missing staker must not freeze view changes: nullify needs the authorities alone.
  if (rules.mode === 0 || purpose === 'nullify') return true
  return hasStake(rules, signers, rules.balancedStake)
}
