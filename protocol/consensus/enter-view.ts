// Entering a view, and its timers. An idle chain makes no blocks: the timers of a view start only
// when work is known, when the next empty block is due, or when an epoch is to be ended.

import { boundaryAt } from './boundary.ts'
import { certificateMessage, encodeMessage } from './consensus-message.ts'
import { parentFor, planProposal } from './propose.ts'
import type { SimplexState } from './simplex-state.ts'

const DELTA_GROWTH = 1.5
const SILENT_TURNS_MAX = 2

export function enterView(
  state: SimplexState,
  view: number,
  why: 'notarised' | 'nullified' | 'final',
): void {
  if (why === 'nullified') {
    state.reached('nullified-view')
    state.count('views-nullified')
    state.deltaMs = Math.min(state.config.deltaMaxMs, state.deltaMs * DELTA_GROWTH)
    logNullified(state)
    noteSilence(state)
  } else {
    state.waiting = false
    state.lastBlockAt = state.clock.now
  }
  state.count('views')
  state.view = view
  state.armed = false
  state.enteredAt = state.clock.now
  state.cancel('propose', 'lead', 'advance', 'empty')
  startView(state)
}

/** Why a block came late: each view that passes without one costs a client its timeout. */
function logNullified(state: SimplexState): void {
  const { proposal, node, building } = state.viewState(state.view)
  state.log('info', 'a view ended without a block', {
    epoch: state.rules.epoch,
    view: state.view,
    leader: state.nodeOf(state.leader(state.view)) ?? state.leader(state.view),
    proposal: proposal ? node?.state : building ? 'building' : 'none',
    armed: state.armed,
    waiting: state.waiting,
    afterMs: Math.round(state.clock.now - state.enteredAt),
  })
}

/** A leader whose view passed without a proposal was silent in this turn. */
function noteSilence(state: SimplexState): void {
  if (state.viewState(state.view).proposal) return
  const leader = state.leader(state.view)
  state.silentTurns.set(leader, (state.silentTurns.get(leader) ?? 0) + 1)
}

export function startView(state: SimplexState): void {
  if (state.isLeader) planProposal(state)
  const parent = parentFor(state, state.view)
  const isEnding = parent !== undefined && boundaryAt(state, parent.hash) !== undefined
  if (state.waiting || isEnding || state.emptyDueIn() <= 0) armView(state)
  else state.timer('empty', state.emptyDueIn())
}

/** Starts t_lead and t_adv, once per view. */
export function armView(state: SimplexState): void {
  if (state.armed) return
  state.armed = true
  const { blockTimeMs } = state
  const silent = (state.silentTurns.get(state.leader(state.view)) ?? 0) >= SILENT_TURNS_MAX
  if (silent) state.reached('silent-leader-skipped')
  if (!state.viewState(state.view).proposal) {
    state.timer('lead', silent ? 0 : blockTimeMs + 2 * state.deltaMs)
  }
  state.timer('advance', blockTimeMs + 3 * state.deltaMs)
  state.timer('rebroadcast', 2 * state.deltaMs)
}

/** Messages may be lost: while something is open, say again what we have said. */
export function rebroadcast(state: SimplexState): void {
  let open = false
  for (const view of [...state.views.values()].sort((a, b) => a.view - b.view)) {
    if (view.view <= state.finalView || view.view > state.view) continue
    for (const message of view.own) {
      open = true
      state.emit({ type: 'broadcast', message })
    }
    for (const certificate of [view.notarised, view.nullified]) {
      if (!certificate || view.view < state.view - 1) continue
      state.emit({ type: 'broadcast', message: certificateMessage(certificate) })
    }
  }
  const hash = state.viewState(state.view).notarised?.blockHash
  if (hash && !state.tree.pathTo(hash)) {
    const range = { epoch: state.rules.epoch, from: state.finalView + 1, to: state.view }
    state.emit({ type: 'broadcast', message: encodeMessage({ type: 'get', ...range }) })
  }
  if (open || state.armed) state.timer('rebroadcast', 2 * state.deltaMs)
}
