// The consensus core: Simplex (Chan and Pass, ePrint 2023/463) with a quorum predicate per mode.
// One function in the large: (state, event) → (state, effects). Its rules are one file each beside
// this one; CONSENSUS numbers them.

import { epochOf } from './begin-epoch.ts'
import { BlockTree } from './block-tree.ts'
import { voteNullify } from './cast-vote.ts'
import { openRound, repeatCheckpoint, signCheckpoint } from './checkpoint-round.ts'
import type { ConsensusMessage } from './consensus-message.ts'
import { armView, rebroadcast, startView } from './enter-view.ts'
import { advance, handleFinalised, receiveCertificate, tryFinalise } from './handle-certificate.ts'
import { continueFetched, handleFetched } from './handle-fetched.ts'
import { considerProposal, receiveProposal } from './handle-proposal.ts'
import { addVote, receiveVote } from './handle-vote.ts'
import { handleGet, handleStatus, sendStatus } from './peer-status.ts'
import { handleBuilt, planProposal } from './propose.ts'
import { restore } from './restore.ts'
import { SimplexState } from './simplex-state.ts'
import type { Now, SimplexConfig, SimplexEffect, SimplexEvent, TimerName } from './simplex-types.ts'

type Start = Extract<SimplexEvent, { type: 'start' }>

/** The epoch that we are in, and two more that must end, before lost records are forgiven. */
const EPOCHS_SILENT = 2

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
  handle(event: SimplexEvent, clock: Now): readonly SimplexEffect[] {
    if (event.type === 'start') {
      this.state = start(this.config, event, clock)
      return this.state.takeEffects()
    }
    const { state } = this
    if (!state) return []
    state.clock = clock
    dispatch(state, event)
    return state.takeEffects()
  }
}

function start(config: SimplexConfig, event: Start, clock: Now): SimplexState {
  const { final, following, records, signedTo } = event
  const state = new SimplexState(config, new BlockTree(final), following.rules, clock)
  if (config.lostSignState) state.signFrom = following.rules.epoch + EPOCHS_SILENT
  state.checkpoint = openRound(state, following.checkpoint)
  restore(state, records, signedTo)
  state.timer('status', config.statusIntervalMs)
  signCheckpoint(state)
  startView(state)
  advance(state)
  countOwnVotes(state)
  if (records.length > 0) state.timer('rebroadcast', 0)
  return state
}

function countOwnVotes(state: SimplexState): void {
  for (const vote of state.ownVotes.splice(0)) addVote(state, vote)
}

function dispatch(state: SimplexState, event: Exclude<SimplexEvent, Start>): void {
  switch (event.type) {
    case 'message':
      receive(state, event.from, event.message)
      break
    case 'timer':
      onTimer(state, event.name)
      break
    case 'built':
      handleBuilt(state, event)
      break
    case 'checked':
      onChecked(state, event)
      break
    case 'persisted':
      state.persisted(event.id)
      countOwnVotes(state)
      break
    case 'finalised':
      if (handleFinalised(state, event)) afterEpoch(state)
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

/** A new epoch has begun: what came too early for it, or was fetched already, is taken up. */
function afterEpoch(state: SimplexState): void {
  const { early } = state
  state.early = []
  for (const { from, message } of early) receive(state, from, message)
  continueFetched(state)
}

function receive(state: SimplexState, from: string, message: ConsensusMessage): void {
  if (epochOf(message) === state.rules.epoch + 1) {
    state.keepEarly(from, message)
    return
  }
  switch (message.type) {
    case 'propose':
      receiveProposal(state, message.proposal, from)
      break
    case 'vote':
      receiveVote(state, message.vote, from)
      break
    case 'certificate':
      receiveCertificate(state, message.certificate, from)
      break
    case 'status':
      handleStatus(state, from, message)
      break
    case 'get':
      handleGet(state, from, message)
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
      state.count('leader-timeouts')
      if (!view.proposal) voteNullify(state, view)
      break
    case 'advance':
      state.count('view-timeouts')
      voteNullify(state, view)
      break
    case 'rebroadcast':
      rebroadcast(state)
      break
    case 'status':
      sendStatus(state)
      repeatCheckpoint(state)
      break
    case 'fetch':
      state.fetchArmed = false
      if (state.isBehind && !state.finalising) {
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
    state.count('invalid-proposals')
    state.log('warn', 'a proposed block is invalid', { hash: event.hash, code: event.code })
  }
  considerProposal(state)
  advance(state)
  tryFinalise(state)
}
