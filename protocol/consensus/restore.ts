// After a restart: what we had signed and seen above the last final block comes back exactly as it
// was, so that the same bytes are sent again and nothing contradicts them.

import { noteSigned } from './cast-vote.ts'
import { verifyCertificate } from './certificate.ts'
import { restoreCheckpointVote } from './checkpoint-round.ts'
import { decodeMessage, type Proposal } from './consensus-message.ts'
import type { SimplexState } from './simplex-state.ts'
import type { Place, SignRecord } from './simplex-types.ts'
import { CHECKPOINT, FINALIZE, NOTARIZE, NULLIFY, type Vote } from './vote.ts'

function restoreVote(state: SimplexState, vote: Vote, message: Uint8Array): void {
  const view = state.viewState(vote.view)
  noteSigned(state, vote.view)
  if (vote.kind === NOTARIZE) view.sentNotarize = vote.blockHash
  if (vote.kind === NULLIFY) view.sentNullify = true
  if (vote.kind === FINALIZE) view.sentFinalize = vote.blockHash
  view.own.push(message)
  // Counted like any other once all is restored: alone it may be the quorum that was missing.
  state.ownVotes.push(vote)
}

/** Slot 0 holds what we proposed ourselves. */
function restoreProposal(
  state: SimplexState,
  proposal: Proposal,
  { slot, message }: SignRecord,
): void {
  const view = state.viewState(proposal.view)
  view.proposal = proposal
  view.node = state.tree.add(proposal.block)
  if (slot !== 0) return
  view.proposed = true
  view.own.push(message)
  noteSigned(state, proposal.view)
}

export function restore(
  state: SimplexState,
  records: readonly SignRecord[],
  signedTo: Place | undefined,
): void {
  const { rules } = state
  const { chain, bls } = state.config
  for (const record of records) {
    const decoded = decodeMessage(record.message)
    if (decoded?.type === 'vote' && decoded.vote.kind === CHECKPOINT) {
      restoreCheckpointVote(state, decoded.vote, record.message)
    }
    if (record.epoch !== rules.epoch || record.view <= state.finalView) continue
    const view = state.viewState(record.view)
    if (decoded?.type === 'vote') restoreVote(state, decoded.vote, record.message)
    else if (decoded?.type === 'propose') restoreProposal(state, decoded.proposal, record)
    else if (decoded?.type === 'certificate') {
      const { certificate } = decoded
      if (!verifyCertificate(certificate, rules, chain, bls).ok) continue
      if (certificate.kind === NOTARIZE) view.notarised = certificate
      else if (certificate.kind === NULLIFY) view.nullified = certificate
    }
  }
  if (records.length > 0) state.reached('restored-from-sign-log')
  if (!signedTo) return
  state.signedTo = signedTo
  if (signedTo.epoch > rules.epoch) {
    state.log('warn', 'the chain is older than our sign record: following until it is not', {
      ...{ epoch: rules.epoch, signedEpoch: signedTo.epoch, signedView: signedTo.view },
    })
  }
  if (signedTo.epoch !== rules.epoch) return
  // A final block was here once, and what was signed up to it is forgotten: not there again.
  const known = records.some((one) => one.epoch === signedTo.epoch && one.view === signedTo.view)
  state.signedView = Math.max(state.signedView, known ? signedTo.view : signedTo.view + 1)
}
