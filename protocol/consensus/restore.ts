// After a restart: what we had signed and seen above the last final block comes back exactly as it
// was, so that the same bytes are sent again and nothing contradicts them.

import { verifyCertificate } from './certificate.ts'
import { decodeMessage } from './consensus-message.ts'
import type { SimplexState } from './simplex-state.ts'
import type { SignRecord } from './simplex-types.ts'
import { FINALIZE, NOTARIZE, NULLIFY, type Vote } from './vote.ts'

function restoreVote(state: SimplexState, vote: Vote, message: Uint8Array): void {
  const view = state.viewState(vote.view)
  state.signedView = Math.max(state.signedView, vote.view)
  if (vote.kind === NOTARIZE) view.sentNotarize = vote.blockHash
  if (vote.kind === NULLIFY) view.sentNullify = true
  if (vote.kind === FINALIZE) view.sentFinalize = vote.blockHash
  view.own.push(message)
  view.book.add(vote)
}

export function restore(state: SimplexState, records: readonly SignRecord[]): void {
  const { rules, chain, bls, index } = state.config
  for (const { view: number, message } of records) {
    if (number <= state.final.view) continue
    const decoded = decodeMessage(message)
    const view = state.viewState(number)
    if (decoded?.type === 'vote') restoreVote(state, decoded.vote, message)
    else if (decoded?.type === 'propose') {
      view.proposal = decoded.proposal
      view.node = state.tree.add(decoded.proposal.block)
      if (view.node?.proposer === index) {
        view.proposed = true
        view.own.push(message)
      }
      state.signedView = Math.max(state.signedView, view.proposed ? number : 0)
    } else if (decoded?.type === 'certificate') {
      const { certificate } = decoded
      if (!verifyCertificate(certificate, rules, chain, bls).ok) continue
      if (certificate.kind === NOTARIZE) view.notarised = certificate
      else if (certificate.kind === NULLIFY) view.nullified = certificate
    }
  }
  if (records.length > 0) state.reached('restored-from-sign-log')
}
