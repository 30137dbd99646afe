// The governance module's view functions.

import type { Hex } from '../../lib/hex.ts'
import { encodeArguments } from '../abi/codec.ts'
import type { ModuleCall } from '../modules/module.ts'
import { slotOf } from '../modules/storage-layout.ts'
import { currentEpoch } from '../staking/epoch-history.ts'
import * as abi from './governance-abi.ts'
import type { Outcome } from './governance-refusals.ts'
import {
  isAdmitted,
  loadProposal,
  PROPOSAL_COUNT,
  pinnedMode as pinnedModeOf,
  voteSlot,
} from './governance-storage.ts'
import { isParameter, readParameter } from './parameters.ts'
import { PROPOSAL_KINDS, PROPOSAL_STATES } from './proposal.ts'
import { stateOf } from './proposal-state.ts'
import { stakingWords } from './voting.ts'

const NOBODY: Hex = `0x${'0'.repeat(40)}`

export function proposalCount(call: ModuleCall): Outcome {
  return encodeArguments(abi.PROPOSAL_COUNT.outputs, [call.state.load(PROPOSAL_COUNT)])
}

/** All zero for an unknown number. */
export function proposalOf(call: ModuleCall, [id]: readonly [bigint]): Outcome {
  const proposal = loadProposal(call.state, id)
  if (proposal === undefined) {
    const none = [0n, 0n, NOBODY, slotOf(0n), 0n, 0n, 0n, 0n] as const
    return encodeArguments(abi.PROPOSAL_OF.outputs, none)
  }
  const standing = stateOf(proposal, currentEpoch(stakingWords(call.state)))
  return encodeArguments(abi.PROPOSAL_OF.outputs, [
    BigInt(PROPOSAL_STATES.indexOf(standing)),
    BigInt(PROPOSAL_KINDS.indexOf(proposal.kind)),
    proposal.proposer,
    proposal.subject,
    proposal.value,
    BigInt(proposal.epoch),
    BigInt(proposal.votingEnds),
    BigInt(proposal.executionEnds),
  ])
}

export function tallyOf(call: ModuleCall, [id]: readonly [bigint]): Outcome {
  const proposal = loadProposal(call.state, id)
  return encodeArguments(abi.TALLY_OF.outputs, [
    proposal?.stakeFor ?? 0n,
    proposal?.stakeAgainst ?? 0n,
    proposal?.stakeTotal ?? 0n,
    BigInt(proposal?.authoritiesFor ?? 0),
    BigInt(proposal?.authoritiesAgainst ?? 0),
    BigInt(proposal?.authoritiesTotal ?? 0),
  ])
}

export function voteOf(call: ModuleCall, [id, operator]: readonly [bigint, Hex]): Outcome {
  return encodeArguments(abi.VOTE_OF.outputs, [call.state.load(voteSlot(id, operator))])
}

export function parameter(call: ModuleCall, [name]: readonly [string]): Outcome {
  if (!isParameter(name)) return 'UNKNOWN_PARAMETER'
  return encodeArguments(abi.PARAMETER.outputs, [readParameter(call.state, name)])
}

export function admitted(call: ModuleCall, [operator]: readonly [Hex]): Outcome {
  return encodeArguments(abi.ADMITTED.outputs, [isAdmitted(call.state, operator)])
}

export function pinnedMode(call: ModuleCall): Outcome {
  const mode = pinnedModeOf(call.state)
  return encodeArguments(abi.PINNED_MODE.outputs, [mode !== undefined, BigInt(mode ?? 0)])
}
