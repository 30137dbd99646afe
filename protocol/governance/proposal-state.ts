// Where a proposal stands, by its votes and the epoch that runs.

import { BASIS_POINTS } from '../params.ts'
import type { Proposal, ProposalState } from './proposal.ts'

/**
 * A mode is pinned by more than two thirds of the authorities and of all stake. Everything else
 * needs a quorum of stake, and of the stake that votes the threshold and more.
 */
export function hasPassed(proposal: Proposal): boolean {
  const { kind, stakeFor, stakeAgainst, stakeTotal, authoritiesFor, authoritiesTotal } = proposal
  if (kind === 'pin' || kind === 'unpin') {
    return 3 * authoritiesFor > 2 * authoritiesTotal && 3n * stakeFor > 2n * stakeTotal
  }
  const voted = stakeFor + stakeAgainst
  return (
    voted * BASIS_POINTS >= BigInt(proposal.quorum) * stakeTotal &&
    stakeFor * BASIS_POINTS > BigInt(proposal.threshold) * voted
  )
}

export function stateOf(proposal: Proposal, epoch: number): ProposalState {
  if (proposal.executed) return 'executed'
  if (epoch < proposal.votingEnds) return 'voting'
  if (!hasPassed(proposal)) return 'rejected'
  return epoch < proposal.executionEnds ? 'passed' : 'expired'
}
