// A checked certificate: a view is notarised, nullified or final, and the core moves on (rules 1,
// 5, 6 and 7 of CONSENSUS, "one view").

import type { Hex } from '../../lib/hex.ts'
import { NOTARISED_SLOT, NULLIFIED_SLOT, voteFinalize } from './cast-vote.ts'
import { type Certificate, encodeCertificate, verifyCertificate } from './certificate.ts'
import { encodeMessage } from './consensus-message.ts'
import { isCurrentEnough } from './current-views.ts'
import { enterView } from './enter-view.ts'
import { considerProposal, startCheck } from './handle-proposal.ts'
import type { SimplexState } from './simplex-state.ts'
import { FINALIZE, NOTARIZE } from './vote.ts'

/** A certificate from a peer: checked once, and only if it says something new. */
export function receiveCertificate(state: SimplexState, certificate: Certificate, from: number) {
  const { kind, epoch, view } = certificate
  const far = kind === FINALIZE && epoch === state.config.rules.epoch && view > state.final.view
  if (!far && !isCurrentEnough(state, epoch, view)) return
  const known = state.viewState(view)
  const { notarised, nullified } = known
  const old = kind === FINALIZE ? state.finals.get(view) : kind === NOTARIZE ? notarised : nullified
  if (old) return
  const { rules, chain, bls } = state.config
  if (!verifyCertificate(certificate, rules, chain, bls).ok) {
    state.log('warn', 'a certificate does not verify', { from, kind, view })
    return
  }
  acceptCertificate(state, certificate)
  const { blockHash } = certificate
  if (kind === NOTARIZE && !state.tree.get(blockHash) && view > state.final.view) {
    state.emit({
      type: 'send',
      to: from,
      message: encodeMessage({ type: 'get', from: view, to: view }),
    })
  }
}

export function acceptCertificate(state: SimplexState, certificate: Certificate): void {
  const view = state.viewState(certificate.view)
  const message = encodeMessage({ type: 'certificate', certificate })
  if (certificate.kind === FINALIZE) state.finals.set(certificate.view, certificate)
  else if (certificate.kind === NOTARIZE) {
    view.notarised ??= certificate
    state.record({ view: view.view, slot: NOTARISED_SLOT, message })
  } else {
    view.nullified ??= certificate
    state.record({ view: view.view, slot: NULLIFIED_SLOT, message })
  }
  advance(state)
  if (certificate.kind === FINALIZE) tryFinalise(state)
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
      const highest = Math.max(state.final.view, ...state.finals.keys())
      if (highest < state.view) break
      enterView(state, highest + 1, 'final')
    }
  }
  checkNotarised(state)
  considerProposal(state)
}

/** The current view is notarised, but execution has not seen its block or one of its ancestors. */
function checkNotarised(state: SimplexState): void {
  const hash = state.viewState(state.view).notarised?.blockHash
  const next = hash && state.tree.pathTo(hash)?.find((node) => node.state !== 'valid')
  if (next && next.state === 'new') startCheck(state, next)
}

/**
 * Finalises the highest block that has a finality certificate and whose ancestors are all here and
 * valid; asks execution about the next one that is not, or a peer for what is missing.
 */
export function tryFinalise(state: SimplexState): void {
  if (state.finalising) return
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
    if (next.state === 'new') startCheck(state, next)
    return
  }
  if (certificates.length > 0) state.fetchSoon()
}

export function handleFinalised(state: SimplexState, hash: Hex, code: string): void {
  if (state.finalising !== hash) return
  state.finalising = undefined
  const node = state.tree.get(hash)
  const certificate = [...state.finals.values()].find((one) => one.blockHash === hash)
  if (code !== '' || !node || !certificate) {
    state.log('warn', 'a final block could not be committed', { hash, code })
    state.fetchSoon()
    return
  }
  const { height, timestampMs } = node
  const { view } = certificate
  state.tree.finalise({ hash: node.hash, height, view, timestampMs, certificate })
  for (const old of [...state.views.keys()]) if (old <= view) state.views.delete(old)
  for (const old of [...state.finals.keys()]) if (old <= view) state.finals.delete(old)
  state.deltaMs = state.config.deltaMs
  state.emit({ type: 'forget', view })
  state.log('info', 'final', { height, view, hash })
  advance(state)
  tryFinalise(state)
}
