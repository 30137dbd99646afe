// Calldata of the governance module's functions, and what its views return, for the command line,
// the SDK and tests.

import type { Hex } from '../../lib/hex.ts'
import { decodeArguments } from '../abi/codec.ts'
import { encodeCall } from '../abi/function.ts'
import * as abi from './governance-abi.ts'
import { PROPOSAL_KINDS, PROPOSAL_STATES } from './proposal.ts'

export function encodeProposeParameter(name: string, value: bigint): Uint8Array {
  return encodeCall(abi.PROPOSE_PARAMETER, [name, value])
}

export function encodeProposeSpend(to: Hex, amount: bigint): Uint8Array {
  return encodeCall(abi.PROPOSE_SPEND, [to, amount])
}

export const encodeProposeAdmit = (operator: Hex) => encodeCall(abi.PROPOSE_ADMIT, [operator])
export const encodeProposeRemove = (operator: Hex) => encodeCall(abi.PROPOSE_REMOVE, [operator])
export const encodeProposePin = (mode: number) => encodeCall(abi.PROPOSE_PIN, [BigInt(mode)])
export const encodeProposeUnpin = () => encodeCall(abi.PROPOSE_UNPIN, [])
export const encodeVote = (id: bigint, support: boolean) => encodeCall(abi.VOTE, [id, support])
export const encodeExecute = (id: bigint) => encodeCall(abi.EXECUTE, [id])
export const encodeProposalCount = () => encodeCall(abi.PROPOSAL_COUNT, [])
export const encodeProposalOf = (id: bigint) => encodeCall(abi.PROPOSAL_OF, [id])
export const encodeTallyOf = (id: bigint) => encodeCall(abi.TALLY_OF, [id])
export const encodeVoteOf = (id: bigint, operator: Hex) => encodeCall(abi.VOTE_OF, [id, operator])
export const encodeParameter = (name: string) => encodeCall(abi.PARAMETER, [name])
export const encodeAdmitted = (operator: Hex) => encodeCall(abi.ADMITTED, [operator])
export const encodePinnedMode = () => encodeCall(abi.PINNED_MODE, [])

/** Throws AbiError. Epochs, not times. */
export function decodeProposalOf(output: Uint8Array) {
  const fields = decodeArguments(abi.PROPOSAL_OF.outputs, output)
  const [state, kind, proposer, subject, value, epoch, votingEnds, executionEnds] = fields
  return {
    state: PROPOSAL_STATES[Number(state)] ?? 'none',
    kind: PROPOSAL_KINDS[Number(kind)] ?? 'none',
    proposer,
    subject,
    value,
    epoch: Number(epoch),
    votingEnds: Number(votingEnds),
    executionEnds: Number(executionEnds),
  }
}

/** Throws AbiError. */
export function decodeTallyOf(output: Uint8Array) {
  const fields = decodeArguments(abi.TALLY_OF.outputs, output)
  const [stakeFor, stakeAgainst, stakeTotal, ...authorities] = fields
  const [authoritiesFor, authoritiesAgainst, authoritiesTotal] = authorities.map(Number)
  return {
    stakeFor,
    stakeAgainst,
    stakeTotal,
    authoritiesFor,
    authoritiesAgainst,
    authoritiesTotal,
  }
}
