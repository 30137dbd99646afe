// A proposal as the governance module keeps it. Positions in the lists are the numbers of the ABI.

import type { Hex } from '../../lib/hex.ts'

export const PROPOSAL_KINDS = [
  'none',
  /** Subject: the parameter's name, in ASCII, from the left. Value: what it shall be. */
  'parameter',
  /** Subject: the operator's address, from the right. */
  'admit',
  'remove',
  /** Value: 0 FAST, 1 BALANCED, 2 SECURE. */
  'pin',
  'unpin',
  /** Subject: the payee. Value: wei. */
  'spend',
] as const

export type ProposalKind = Exclude<(typeof PROPOSAL_KINDS)[number], 'none'>

export const PROPOSAL_STATES = [
  'none',
  'voting',
  'passed',
  'rejected',
  'executed',
  'expired',
] as const

export type ProposalState = (typeof PROPOSAL_STATES)[number]

export interface Proposal {
  readonly kind: ProposalKind
  readonly proposer: Hex
  /** 32 bytes. */
  readonly subject: Hex
  readonly value: bigint
  /** In which it began: the weights of all votes are those of this epoch's set. */
  readonly epoch: number
  /** First epoch without votes: from here on it can be executed, if it passed. */
  readonly votingEnds: number
  /** First epoch in which it can no longer be executed. */
  readonly executionEnds: number
  readonly executed: boolean
  /** Basis points, as they were when it began: a vote does not change its own rules. */
  readonly quorum: number
  readonly threshold: number
  readonly stakeTotal: bigint
  readonly authoritiesTotal: number
  readonly stakeFor: bigint
  readonly stakeAgainst: bigint
  readonly authoritiesFor: number
  readonly authoritiesAgainst: number
}
