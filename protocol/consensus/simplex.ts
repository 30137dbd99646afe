// The consensus core: Simplex (Chan and Pass, ePrint 2023/463) with a quorum predicate per mode.
// One function in the large: (state, event) → (state, effects). Its rules are one file each beside
// this one; CONSENSUS numbers them.

import { FUTURE_VIEWS_BUFFERED } from '../params.ts'
import { BlockTree } from './block-tree.ts'
import { voteNullify } from './cast-vote.ts'

import { type ConsensusMessage, encodeMessage } from './consensus-message.ts'
import { armView, rebroadcast, startView } from './enter-view.ts'
import { advance, handleFinalised, receiveCertificate, tryFinalise } from './handle-certificate.ts'
import { handleFetched } from './handle-fetched.ts'
import { considerProposal, receiveProposal } from './handle-proposal.ts'
import { addVote } from './handle-vote.ts'
import { handleBuilt, planProposal } from './propose.ts'
import { restore } from './restore.ts'
import { SimplexState } from './simplex-state.ts'
import type { Now, SimplexConfig, SimplexEffect, SimplexEvent, TimerName } from './simplex-types.ts'

export class Simplex {
  private readonly config: SimplexConfig
  private state: SimplexState | undefined

  constructor(config: SimplexConfig) {
    this.config = config
  }

  /** Undefined until the event `start`. For status and tests; not to be changed. */
  get view(): SimplexState | undefined {
    return this.state
  }

  /** Handles one event at a moment in time and says what is to be done. */
  handle(event: SimplexEvent, clock: Now): SimplexEffect[] {
    if (event.type === 'start') {
      this.state = new SimplexState(this.config, new BlockTree(event.final), clock)
      restore(this.state, event.records)
      this.state.timer('status', this.config.statusIntervalMs)
      startView(this.state)
      advance(this.state)
      if (event.records.length > 0) this.state.timer('rebroadcast', 0)
      return this.state.takeEffects()
    }
    const { state } = this
    if (!state) return []
    state.clock = clock
    dispatch(state, event)
    return state.takeEffects()
  }
}

function dispatch(state: SimplexState, event: Exclude<SimplexEvent, { type: 'start' }>): void {
  switch (event.type) {
    case 'message':
      receive(state, event.from, event.message)
      break
    case 'timer':
      onTimer(state, event.name)
      break
    case 'built':
      handleBuilt(state, event.view, event.block, event.code)
      break
    case 'checked':
      onChecked(state, event)
      break
    case 'persisted':
      state.persisted(event.id)
      for (const vote of state.ownVotes.splice(0)) addVote(state, vote)
      break
    case 'finalised':
      handleFinalised(state, event.hash, event.code)
      break
    case 'transaction-waiting':
      state.waiting = true
      armView(state)
      planProposal(state)
      break
    case 'fetched':
      handleFetched(state, event.blocks)
      break
  }
}

function receive(state: SimplexState, from: number, message: ConsensusMessage): void {
  switch (message.type) {
    case 'propose':
      receiveProposal(state, message.proposal, from)
      break
    case 'vote':
      // Nobody but the signer has a reason to send a vote: others send certificates.
      if (message.vote.signer === from) addVote(state, message.vote)
      break
    case 'certificate':
      receiveCertificate(state, message.certificate, from)
      break
    case 'status':
      onStatus(state, from, message)
      break
    case 'get':
      onGet(state, from, message.from, message.to)
      break
  }
}

function onTimer(state: SimplexState, name: TimerName): void {
  const view = state.viewState(state.view)
  switch (name) {
    case 'propose':
      planProposal(state)
      break
    case 'empty':
      planProposal(state)
      armView(state)
      break
    case 'lead':
      if (!view.proposal) voteNullify(state, view)
      break
    case 'advance':
      voteNullify(state, view)
      break
    case 'rebroadcast':
      rebroadcast(state)
      break
    case 'status':
      sendStatus(state)
      break
    case 'fetch':
      state.fetchArmed = false
      if (state.finals.size > 0 && !state.finalising) {
        state.emit({ type: 'fetch', aboveHeight: state.final.height })
        state.reached('fetch')
      }
      break
  }
}

/** Nothing was learnt of the block itself: it may be checked again. */
const NOT_CHECKED = ['UNKNOWN_PARENT', 'SENDERS_UNCHECKED', 'BUSY']

function onChecked(state: SimplexState, event: { hash: `0x${string}`; ok: boolean; code: string }) {
  const node = state.tree.get(event.hash)
  if (node?.state !== 'checking') return
  if (event.ok) node.state = 'valid'
  else if (NOT_CHECKED.includes(event.code)) {
    node.state = 'new'
    if (state.finals.size > 0) state.fetchSoon()
    return
  } else {
    node.state = 'invalid'
    state.reached('invalid-proposal')
    state.log('warn', 'a proposed block is invalid', { hash: event.hash, code: event.code })
  }
  considerProposal(state)
  advance(state)
  tryFinalise(state)
}

function sendStatus(state: SimplexState): void {
  const { height, certificate } = state.final
  const message = encodeMessage({
    type: 'status',
    view: state.view,
    finalHeight: height,
    final: certificate,
  })
  state.emit({ type: 'broadcast', message })
  state.timer('status', state.config.statusIntervalMs)
}

function onStatus(
  state: SimplexState,
  from: number,
  status: Extract<ConsensusMessage, { type: 'status' }>,
): void {
  if (status.final && status.final.view > state.final.view) {
    receiveCertificate(state, status.final, from)
  }
  if (status.view > state.view) {
    const to = Math.min(status.view, state.view + FUTURE_VIEWS_BUFFERED)
    const message = encodeMessage({ type: 'get', from: state.view, to })
    state.emit({ type: 'send', to: from, message })
  }
}

/** Answers with what we hold of these views: certificates, proposals, our last finality. */
function onGet(state: SimplexState, peer: number, from: number, to: number): void {
  if (peer >= state.config.rules.set.validators.length || to < from) return
  const send = (message: ConsensusMessage) =>
    state.emit({ type: 'send', to: peer, message: encodeMessage(message) })
  if (from <= state.final.view && state.final.certificate) {
    send({ type: 'certificate', certificate: state.final.certificate })
  }
  const last = Math.min(to, from + FUTURE_VIEWS_BUFFERED)
  for (let number = Math.max(from, state.final.view + 1); number <= last; number++) {
    const view = state.views.get(number)
    if (!view) continue
    if (view.proposal) send({ type: 'propose', proposal: view.proposal })
    if (view.notarised) send({ type: 'certificate', certificate: view.notarised })
    if (view.nullified) send({ type: 'certificate', certificate: view.nullified })
    const final = state.finals.get(number)
    if (final) send({ type: 'certificate', certificate: final })
  }
}
