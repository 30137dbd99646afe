// A vote arrives, ours or a peer's: collect it, report contradictions, certify when a quorum is
// there.

import { addCheckpointVote } from './checkpoint-round.ts'
import { certificateMessage } from './consensus-message.ts'
import { isCurrentEnough } from './current-views.ts'
import { acceptCertificate } from './handle-certificate.ts'
import { noteContradiction } from './note-evidence.ts'
import { addLateVote } from './presence.ts'
import type { SimplexState } from './simplex-state.ts'
import { CHECKPOINT, NO_BLOCK, NOTARIZE, NULLIFY, type Vote } from './vote.ts'

function isWellFormed(state: SimplexState, vote: Vote): boolean {
  if (vote.signer >= state.rules.set.validators.length) return false
  return (vote.kind === NULLIFY) === (vote.blockHash === NO_BLOCK)
}

function alreadyCertified(state: SimplexState, vote: Vote): boolean {
  const view = state.viewState(vote.view)
  if (vote.kind === NOTARIZE) return view.notarised !== undefined
  if (vote.kind === NULLIFY) return view.nullified !== undefined
  return state.finals.has(vote.view)
}

/** A peer's vote. Nobody but the signer has a reason to send one: others send certificates. */
export function receiveVote(state: SimplexState, vote: Vote, from: string): void {
  const rules = vote.kind === CHECKPOINT ? state.checkpoint?.rules : state.rules
  const key = rules?.set.validators[vote.signer]?.blsPublicKey
  if (rules && key === state.config.keys?.blsPublicKey && from !== state.config.node) {
    suspectTwin(state, vote, from)
    return
  }
  const sender = key && state.nodeWith(key)
  if (sender !== undefined && sender !== from) {
    state.refuse('vote-of-another', from)
    return
  }
  addVote(state, vote)
}

/** Somebody else sends votes of our key: if they are genuine, the key is in use twice. */
function suspectTwin(state: SimplexState, vote: Vote, from: string): void {
  state.refuse('vote-of-ours', from)
  if (!isCurrentEnough(state, vote.epoch, vote.view)) return
  if (state.viewState(vote.view).book.isGenuine(vote)) {
    state.silence(`this key is voting elsewhere: ${from} sent a vote of it`)
  }
}

export function addVote(state: SimplexState, vote: Vote): void {
  if (vote.kind === CHECKPOINT) {
    addCheckpointVote(state, vote)
    return
  }
  if (!isCurrentEnough(state, vote.epoch, vote.view)) {
    if (!addLateVote(state, vote)) state.refuse('vote-not-current')
    return
  }
  if (!isWellFormed(state, vote)) {
    state.refuse('malformed-vote', state.nodeOf(vote.signer))
    return
  }
  const { book } = state.viewState(vote.view)
  if (book.has(vote)) state.count('vote-known')
  const contradiction = book.add(vote)
  const signer = state.rules.set.validators[vote.signer]
  if (contradiction && signer) noteContradiction(state, signer.blsPublicKey, contradiction)
  state.silentTurns.delete(vote.signer)
  if (alreadyCertified(state, vote)) return
  const certificate = book.certify(vote.kind, vote.blockHash)
  if (!certificate) return
  // What a peer has sent is not made, nor told on. What is made here is told to all at once, though
  // with equal delays all make it at the same moment and half of the messages are for nothing: a
  // liar may have given his vote to us alone, and the timers count on that everybody enters a view
  // one delay after the first who did (Simplex). To wait for a peer's would cost that delay.
  state.emit({ type: 'broadcast', message: certificateMessage(certificate) })
  acceptCertificate(state, certificate)
}
