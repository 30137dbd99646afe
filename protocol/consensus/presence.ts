// Who was there: a leader's block brings one finality certificate of a recent view with everybody
// who had voted by then, those included who were too late for the certificate itself. A certificate
// as it first forms holds just over two thirds, so uptime could never be read from it.

import type { Hex } from '../../lib/hex.ts'
import { LATE_VIEWS_KEPT } from '../params.ts'
import { encodeCertificate } from './certificate.ts'
import type { SimplexState } from './simplex-state.ts'
import { FINALIZE, type Vote } from './vote.ts'
import type { VoteBook } from './vote-book.ts'

export interface LateView {
  readonly view: number
  readonly hash: Hex
  readonly book: VoteBook
}

/** The view is final: its votes still count when they come late. */
export function keepForPresence(state: SimplexState, view: number, hash: Hex): void {
  state.lately.push({ view, hash, book: state.viewState(view).book })
  if (state.lately.length > LATE_VIEWS_KEPT) state.lately.shift()
}

/** A FINALIZE that came after its view was final. True if it was taken. */
export function addLateVote(state: SimplexState, vote: Vote): boolean {
  if (vote.epoch !== state.rules.epoch || vote.kind !== FINALIZE) return false
  const late = state.lately.find((one) => one.view === vote.view)
  if (!late || vote.signer >= state.rules.set.validators.length) return false
  late.book.add(vote)
  state.count('late-votes')
  return true
}

/** Encoded; empty while this epoch has no final view. */
export function presenceCertificate(state: SimplexState): Uint8Array {
  let best: LateView | undefined
  let most = 0
  for (const late of state.lately) {
    const voted = late.book.votesFor(FINALIZE, late.hash)
    if (voted < most) continue
    best = late
    most = voted
  }
  const full = best?.book.certify(FINALIZE, best.hash)
  if (full) return encodeCertificate(full)
  const { certificate } = state.final
  const isOurs = certificate?.epoch === state.rules.epoch
  return certificate && isOurs ? encodeCertificate(certificate) : new Uint8Array(0)
}
