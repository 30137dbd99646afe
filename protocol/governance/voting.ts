// The life of a proposal: made by an operator of the epoch's set, voted on by the operators of that
// same set with the stake that they had in it, executed by anybody, once.

import { EMPTY } from '../../lib/bytes.ts'
import { encodeArguments } from '../abi/codec.ts'
import { encodeLog } from '../abi/event.ts'
import type { ModuleCall, ModuleState } from '../modules/module.ts'
import type { ReadWords } from '../modules/storage-layout.ts'
import { GOVERNANCE_ADDRESS, STAKING_ADDRESS } from '../params.ts'
import { currentEpoch, epochRecord, weightAt } from '../staking/epoch-history.ts'
import { type Change, changeRefusal, makeChange } from './change.ts'
import { EXECUTED, PROPOSE_UNPIN, PROPOSED, VOTED } from './governance-abi.ts'
import type { Outcome } from './governance-refusals.ts'
import {
  lastProposalSlot,
  loadProposal,
  PROPOSAL_COUNT,
  saveProposal,
  voteSlot,
} from './governance-storage.ts'
import { readParameter } from './parameters.ts'
import { PROPOSAL_KINDS, type Proposal } from './proposal.ts'
import { stateOf } from './proposal-state.ts'

/** Weights come from the records of staking, never from a caller. */
export function stakingWords(state: Pick<ModuleState, 'loadOf'>): ReadWords {
  return { load: (slot) => state.loadOf(STAKING_ADDRESS, slot) }
}

function begin(state: ModuleState, epoch: number, change: Change): Omit<Proposal, 'proposer'> {
  const record = epochRecord(stakingWords(state), epoch)
  // The epoch in which it is made has begun already: it does not count.
  const votingEnds = epoch + 1 + Number(readParameter(state, 'voting_epochs'))
  return {
    ...change,
    epoch,
    votingEnds,
    executionEnds: votingEnds + Number(readParameter(state, 'execution_epochs')),
    executed: false,
    quorum: Number(readParameter(state, 'vote_quorum_bp')),
    threshold: Number(readParameter(state, 'vote_threshold_bp')),
    stakeTotal: record?.stake ?? 0n,
    authoritiesTotal: record?.authorities ?? 0,
    stakeFor: 0n,
    stakeAgainst: 0n,
    authoritiesFor: 0,
    authoritiesAgainst: 0,
  }
}

export function propose(call: ModuleCall, change: Change): Outcome {
  const { state, caller } = call
  const epoch = currentEpoch(stakingWords(state))
  if (weightAt(stakingWords(state), caller, epoch) === undefined) return 'NOT_IN_SET'
  if (state.load(lastProposalSlot(caller)) === BigInt(epoch + 1)) return 'ONE_AN_EPOCH'
  const refusal = changeRefusal(state, change)
  if (refusal !== undefined) return refusal
  const id = state.load(PROPOSAL_COUNT) + 1n
  const proposal = { ...begin(state, epoch, change), proposer: caller }
  state.save(PROPOSAL_COUNT, id)
  state.save(lastProposalSlot(caller), BigInt(epoch + 1))
  saveProposal(state, id, proposal)
  const { kind, subject, value, votingEnds } = proposal
  const data = [BigInt(PROPOSAL_KINDS.indexOf(kind)), subject, value, BigInt(votingEnds)] as const
  call.emit(encodeLog(GOVERNANCE_ADDRESS, PROPOSED, [id, caller], data))
  return encodeArguments(PROPOSE_UNPIN.outputs, [id])
}

/** 0 not, 1 for, 2 against: as `voteOf` returns it. */
const FOR = 1n
const AGAINST = 2n

export function vote(call: ModuleCall, [id, support]: readonly [bigint, boolean]): Outcome {
  const { state, caller } = call
  const proposal = loadProposal(state, id)
  if (proposal === undefined) return 'UNKNOWN_PROPOSAL'
  const words = stakingWords(state)
  if (stateOf(proposal, currentEpoch(words)) !== 'voting') return 'VOTING_OVER'
  const weight = weightAt(words, caller, proposal.epoch)
  if (weight === undefined) return 'NOT_IN_SET'
  if (state.load(voteSlot(id, caller)) !== 0n) return 'ALREADY_VOTED'
  state.save(voteSlot(id, caller), support ? FOR : AGAINST)
  const { stake, authority } = weight
  const seats = authority ? 1 : 0
  const counted = support
    ? {
        stakeFor: proposal.stakeFor + stake,
        authoritiesFor: proposal.authoritiesFor + seats,
      }
    : {
        stakeAgainst: proposal.stakeAgainst + stake,
        authoritiesAgainst: proposal.authoritiesAgainst + seats,
      }
  saveProposal(state, id, { ...proposal, ...counted })
  const data = [support, stake, authority] as const
  call.emit(encodeLog(GOVERNANCE_ADDRESS, VOTED, [id, caller], data))
  return EMPTY
}

const NOT_NOW = {
  voting: 'VOTING_RUNS',
  rejected: 'NOT_PASSED',
  executed: 'ALREADY_EXECUTED',
  expired: 'EXPIRED',
  none: 'UNKNOWN_PROPOSAL',
} as const

export function execute(call: ModuleCall, [id]: readonly [bigint]): Outcome {
  const { state } = call
  const proposal = loadProposal(state, id)
  if (proposal === undefined) return 'UNKNOWN_PROPOSAL'
  const standing = stateOf(proposal, currentEpoch(stakingWords(state)))
  if (standing !== 'passed') return NOT_NOW[standing]
  const refusal = changeRefusal(state, proposal) ?? makeChange(state, proposal)
  if (refusal !== undefined) return refusal
  saveProposal(state, id, { ...proposal, executed: true })
  const { kind, subject, value } = proposal
  const data = [BigInt(PROPOSAL_KINDS.indexOf(kind)), subject, value] as const
  call.emit(encodeLog(GOVERNANCE_ADDRESS, EXECUTED, [id], data))
  return EMPTY
}
