// What the last block of an epoch announces for the epoch after the next: who is bonded now, in
// the mode that the policy asks for.

import type { NetworkMetrics } from '../consensus/determine-mode.ts'
import type { EpochRules, Fraction } from '../consensus/epoch-rules.ts'
import { type Parameters, parametersOf } from '../governance/parameters.ts'
import { EPOCH_ADDRESS, GOVERNANCE_ADDRESS, STAKING_ADDRESS } from '../params.ts'
import { snapshotValidators } from '../staking/candidates.ts'
import type { System } from './begin-block.ts'
import { saveAnnouncement } from './epoch-storage.ts'
import { nextSet } from './next-set.ts'
import { decideNextMode } from './policy-storage.ts'

export function balancedStakeOf(parameters: Parameters): Fraction {
  return {
    numerator: parameters('balanced_stake_numerator'),
    denominator: parameters('balanced_stake_denominator'),
  }
}

/** `ended` are the rules of the epoch that ends, `next` those of the one that begins. */
export function announce(
  system: System,
  rules: { readonly ended: EpochRules; readonly next: EpochRules },
  metrics: NetworkMetrics,
): void {
  const words = system(EPOCH_ADDRESS)
  const governance = system(GOVERNANCE_ADDRESS)
  saveAnnouncement(words, {
    mode: decideNextMode(words, governance, metrics, rules.ended.mode),
    set: nextSet(rules.next.set, snapshotValidators(system(STAKING_ADDRESS))),
    balancedStake: balancedStakeOf(parametersOf(governance)),
  })
}
