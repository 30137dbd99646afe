// Once a second every node says where it is; who is behind asks for what it lacks.

import { FUTURE_VIEWS_BUFFERED } from '../params.ts'
import { type ConsensusMessage, certificateMessage, encodeMessage } from './consensus-message.ts'
import { receiveCertificate } from './handle-certificate.ts'
import type { SimplexState } from './simplex-state.ts'

export function sendStatus(state: SimplexState): void {
  const { height, certificate } = state.final
  const message = encodeMessage({
    type: 'status',
    epoch: state.rules.epoch,
    view: state.view,
    finalHeight: height,
    final: certificate,
  })
  state.emit({ type: 'broadcast', message })
  state.timer('status', state.config.statusIntervalMs)
  // A fetch that was answered with nothing, or got lost, is tried again.
  if (state.isBehind) state.fetchSoon()
}

export function handleStatus(
  state: SimplexState,
  from: string,
  status: Extract<ConsensusMessage, { type: 'status' }>,
): void {
  const { rules } = state
  if (status.final?.epoch === rules.epoch && status.final.view > state.finalView) {
    receiveCertificate(state, status.final, from)
  }
  if (status.epoch > rules.epoch) {
    // Its certificates cannot be checked yet: only this epoch's validators are known.
    if (state.config.peers.some(({ node }) => node === from)) {
      state.claims.set(from, status.finalHeight)
    }
    if (state.isBehind) state.fetchSoon()
    return
  }
  state.claims.delete(from)
  if (status.epoch === rules.epoch && status.view > state.view) {
    const to = Math.min(status.view, state.view + FUTURE_VIEWS_BUFFERED)
    const range = { epoch: rules.epoch, from: state.view, to }
    state.emit({ type: 'send', to: from, message: encodeMessage({ type: 'get', ...range }) })
  }
}

/** Answers with what we hold of these views: certificates, proposals, our last finality. */
export function handleGet(
  state: SimplexState,
  from: string,
  range: Extract<ConsensusMessage, { type: 'get' }>,
): void {
  if (range.to < range.from) {
    state.refuse('malformed-get', from)
    return
  }
  const send = (message: Uint8Array) => state.emit({ type: 'send', to: from, message })
  const { certificate } = state.final
  const isOlder = range.epoch < state.rules.epoch || range.from <= state.finalView
  if (isOlder && certificate) send(certificateMessage(certificate))
  if (range.epoch !== state.rules.epoch) return
  const last = Math.min(range.to, range.from + FUTURE_VIEWS_BUFFERED)
  for (let number = Math.max(range.from, state.finalView + 1); number <= last; number++) {
    const view = state.views.get(number)
    if (view?.proposal) send(encodeMessage({ type: 'propose', proposal: view.proposal }))
    if (view?.notarised) send(certificateMessage(view.notarised))
    if (view?.nullified) send(certificateMessage(view.nullified))
    const final = state.finals.get(number)
    if (final) send(certificateMessage(final))
  }
}
