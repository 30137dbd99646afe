// A vote arrives, ours or a peer's: collect it, report contradictions, certify when a quorum is
// there.

import { encodeMessage } from './consensus-message.ts'
import { isCurrentEnough } from './current-views.ts'
import { acceptCertificate } from './handle-certificate.ts'
import type { SimplexState } from './simplex-state.ts'
import { NO_BLOCK, NOTARIZE, NULLIFY, type Vote } from './vote.ts'

function isWellFormed(state: SimplexState, vote: Vote): boolean {
  if (vote.signer >= state.config.rules.set.validators.length) return false
  return (vote.kind === NULLIFY) === (vote.blockHash === NO_BLOCK)
}

function alreadyCertified(state: SimplexState, vote: Vote): boolean {
  const view = state.viewState(vote.view)
  if (vote.kind === NOTARIZE) return view.notarised !== undefined
  if (vote.kind === NULLIFY) return view.nullified !== undefined
  return state.finals.has(vote.view)
}

export function addVote(state: SimplexState, vote: Vote): void {
  if (!isCurrentEnough(state, vote.epoch, vote.view) || !isWellFormed(state, vote)) return
  const { book } = state.viewState(vote.view)
  const contradiction = book.add(vote)
  if (contradiction) {
    state.reached('evidence')
    state.emit({ type: 'evidence', contradiction })
  }
  state.silentTurns.delete(vote.signer)
  if (alreadyCertified(state, vote)) return
  const certificate = book.certify(vote.kind, vote.blockHash)
  if (!certificate) return
  state.emit({ type: 'broadcast', message: encodeMessage({ type: 'certificate', certificate }) })
  acceptCertificate(state, certificate)
}
