// A checked certificate: a view is notarised, nullified or final, and the core moves on (rules 1,
// 5, 6 and 7 of CONSENSUS, "one view").

import type { Hex } from '../../lib/hex.ts'
import { beginEpoch } from './begin-epoch.ts'
import type { BlockNode } from './block-tree.ts'
import { NOTARISED_SLOT, NULLIFIED_SLOT, voteFinalize } from './cast-vote.ts'
import { type Certificate, encodeCertificate, verifyCertificate } from './certificate.ts'
import { receiveCheckpoint } from './checkpoint-round.ts'
import { certificateMessage, encodeMessage } from './consensus-message.ts'
import { isCurrentEnough } from './current-views.ts'
import { enterView } from './enter-view.ts'
import { considerProposal, startCheck } from './handle-proposal.ts'
import { forgetEvidence } from './note-evidence.ts'
import { compareWithOwnRecord } from './own-record.ts'
import { keepForPresence } from './presence.ts'
import type { SimplexState } from './simplex-state.ts'
import type { Following } from './simplex-types.ts'
import { CHECKPOINT, FINALIZE, NOTARIZE } from './vote.ts'

/** A certificate from a peer: checked once, and only if it says something new. */
export function receiveCertificate(state: SimplexState, certificate: Certificate, from: string) {
  const { kind, epoch, view } = certificate
  if (kind === CHECKPOINT) {
    receiveCheckpoint(state, certificate, from)
    return
  }
  const far = kind === FINALIZE && epoch === state.rules.epoch && view > state.finalView
  if (!far && !isCurrentEnough(state, epoch, view)) {
    state.count('certificate-not-current')
    return
  }
  const known = state.views.get(view)
  const { notarised, nullified } = known ?? {}
  const old = kind === FINALIZE ? state.finals.get(view) : kind === NOTARIZE ? notarised : nullified
  if (old) {
    state.count('certificate-known')
    return
  }
  const { chain, bls } = state.config
  const verdict = verifyCertificate(certificate, state.rules, chain, bls)
  if (!verdict.ok) {
    state.refuse('forged-certificate', from, { kind, view, code: verdict.code })
    return
  }
  compareWithOwnRecord(state, certificate)
  acceptCertificate(state, certificate)
  const { blockHash } = certificate
  if (kind === NOTARIZE && !state.tree.get(blockHash) && view > state.finalView) {
    const message = encodeMessage({ type: 'get', epoch, from: view, to: view })
    state.emit({ type: 'send', to: from, message })
  }
}

export function acceptCertificate(state: SimplexState, certificate: Certificate): void {
  const { epoch, view: number, kind } = certificate
  if (kind === FINALIZE) state.finals.set(number, certificate)
  else {
    const view = state.viewState(number)
    if (kind === NOTARIZE) view.notarised ??= certificate
    else view.nullified ??= certificate
    const slot = kind === NOTARIZE ? NOTARISED_SLOT : NULLIFIED_SLOT
    state.record({ epoch, view: number, slot, message: certificateMessage(certificate) })
  }
  advance(state)
  if (kind === FINALIZE) tryFinalise(state)
}

/** Votes FINALIZE where it is due and enters the highest view that we may enter. */
export function advance(state: SimplexState): void {
  for (;;) {
    const view = state.viewState(state.view)
    const notarised = view.notarised?.blockHash
    if (notarised && state.tree.isValid(notarised)) {
      voteFinalize(state, view, notarised)
      enterView(state, view.view + 1, 'notarised')
    } else if (view.nullified) enterView(state, view.view + 1, 'nullified')
    else {
      const highest = Math.max(state.finalView, ...state.finals.keys())
      if (highest < state.view) break
      enterView(state, highest + 1, 'final')
    }
  }
  considerProposal(state)
}

/**
 * Finalises the highest block that has a finality certificate and whose ancestors are all here and
 * valid; asks execution about the next one that is not, or a peer for what is missing.
 */
export function tryFinalise(state: SimplexState): void {
  if (state.finalising) return
  let unchecked: BlockNode | undefined
  const certificates = [...state.finals.values()].sort((a, b) => b.view - a.view)
  for (const certificate of certificates) {
    const path = state.tree.pathTo(certificate.blockHash)
    if (!path) continue
    const next = path.find((node) => node.state !== 'valid')
    if (!next) {
      state.finalising = certificate.blockHash
      const { blockHash } = certificate
      state.emit({
        type: 'finalise',
        hash: blockHash,
        certificate: encodeCertificate(certificate),
      })
      return
    }
    // What it waits for may be final with a lower certificate.
    unchecked ??= next
  }
  if (unchecked?.state === 'new') startCheck(state, unchecked, true)
  else if (!unchecked && certificates.length > 0) state.fetchSoon()
}

/** True when the block began a new epoch. */
export function handleFinalised(
  state: SimplexState,
  { hash, code, following }: { hash: Hex; code: string; following: Following | undefined },
): boolean {
  if (state.finalising !== hash) return false
  state.finalising = undefined
  const node = state.tree.get(hash)
  const certificate = [...state.finals.values()].find((one) => one.blockHash === hash)
  if (code !== '' || !node || !certificate) {
    state.log('warn', 'a final block could not be committed', { hash, code })
    state.fetchSoon()
    return false
  }
  const { height, timestampMs } = node
  const { epoch, view } = certificate
  for (const one of state.tree.pathTo(hash) ?? []) {
    forgetEvidence(state, one)
    if (one.bringsCheckpoint && state.checkpoint) state.checkpoint.certified = true
  }
  keepForPresence(state, view, hash)
  state.tree.finalise({ hash: node.hash, height, epoch, view, timestampMs, certificate })
  for (const old of [...state.views.keys()]) if (old <= view) state.views.delete(old)
  for (const old of [...state.finals.keys()]) if (old <= view) state.finals.delete(old)
  state.emit({ type: 'forget', upTo: { epoch, view } })
  state.log('debug', 'final', { height, epoch, view, hash })
  if (following) {
    beginEpoch(state, following)
    return true
  }
  state.deltaMs = state.firstDeltaMs
  advance(state)
  tryFinalise(state)
  return false
}
