// When a set of signers is a quorum (CONSENSUS, Q(mode, S)): strict and in integers. Until stakers
// join, every validator is an authority.

import type { ValidatorSet } from './validator-set.ts'

export type QuorumPurpose = 'block' | 'nullify'

/** BALANCED's stake clause: more than this share of all stake. */
const BALANCED_STAKE = { numerator: 1n, denominator: 3n }

export function isQuorum(
  set: ValidatorSet,
  signers: ReadonlySet<number>,
  purpose: QuorumPurpose,
): boolean {
  let count = 0
  let stake = 0n
  let total = 0n
  for (const validator of set.validators) {
    total += validator.stake
    if (!signers.has(validator.index)) continue
    count++
    stake += validator.stake
  }
  const authorities = 3 * count > 2 * set.validators.length
  if (set.mode === 0) return authorities
  if (set.mode === 2) return 3n * stake > 2n * total
  // A missing staker must not freeze view changes: nullify needs the authorities alone.
  if (purpose === 'nullify') return authorities
  return authorities && BALANCED_STAKE.denominator * stake > BALANCED_STAKE.numerator * total
}
