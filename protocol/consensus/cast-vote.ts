// Our own votes. Two lines are the whole safety argument: never two NOTARIZE in a view, never both
// FINALIZE and NULLIFY. Nothing leaves before its record is durable.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import { encodeMessage } from './consensus-message.ts'
import type { SimplexState } from './simplex-state.ts'
import type { ViewState } from './view-state.ts'
import {
  FINALIZE,
  NO_BLOCK,
  NOTARIZE,
  NULLIFY,
  type Vote,
  type VoteKind,
  voteDigest,
} from './vote.ts'

/** Where the record of a proposal that we vote for is kept. */
export const PROPOSAL_SLOT = 5
export const NOTARISED_SLOT = 6
export const NULLIFIED_SLOT = 7

function cast(state: SimplexState, view: ViewState, kind: VoteKind, blockHash: Hex): void {
  const { config, index } = state
  assert(index !== undefined && config.keys !== undefined, 'only a validator votes')
  const { epoch } = state.rules
  const digest = voteDigest(config.chain, kind, epoch, view.view, blockHash)
  const signature = config.bls.sign(config.keys.secretKey, digest)
  const vote: Vote = { kind, epoch, view: view.view, blockHash, signer: index, signature }
  const message = encodeMessage({ type: 'vote', vote })
  noteSigned(state, view.view)
  state.record({ epoch, view: view.view, slot: kind, message }, () => {
    view.own.push(message)
    state.emit({ type: 'broadcast', message })
    state.ownVotes.push(vote)
  })
}

/** We sign in this view: nothing below it from now on. */
export function noteSigned(state: SimplexState, view: number): void {
  state.signedView = Math.max(state.signedView, view)
  state.signedTo = { epoch: state.rules.epoch, view: state.signedView }
}

/** May we sign in this view? Never below a view in which we have signed. */
function maySign(state: SimplexState, view: ViewState): boolean {
  return state.canSign && view.view >= state.signedView && view.view > state.finalView
}

export function voteNotarize(state: SimplexState, view: ViewState, hash: Hex): boolean {
  if (!maySign(state, view) || view.sentNotarize || view.sentNullify) return false
  assert(view.view === state.view, 'NOTARIZE is for the current view')
  if (view.proposal && !view.proposed) {
    const message = encodeMessage({ type: 'propose', proposal: view.proposal })
    const { epoch } = state.rules
    state.record({ epoch, view: view.view, slot: PROPOSAL_SLOT, message })
  }
  view.sentNotarize = hash
  cast(state, view, NOTARIZE, hash)
  return true
}

export function voteNullify(state: SimplexState, view: ViewState): boolean {
  if (!maySign(state, view) || view.sentNullify || view.sentFinalize) return false
  view.sentNullify = true
  state.reached('nullify')
  state.count('nullify-votes')
  cast(state, view, NULLIFY, NO_BLOCK)
  return true
}

export function voteFinalize(state: SimplexState, view: ViewState, hash: Hex): boolean {
  if (!maySign(state, view) || view.sentFinalize || view.sentNullify) return false
  assert(state.tree.isValid(hash), 'FINALIZE is for a valid block')
  view.sentFinalize = hash
  cast(state, view, FINALIZE, hash)
  return true
}
