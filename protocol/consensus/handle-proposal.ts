// A proposal arrives (rule 3): is it from the leader, on a justified parent, in time, and valid
// when executed? Then NOTARIZE; if it is invalid, NULLIFY.

import { hexToBytes } from '../../lib/hex.ts'
import { type BlockNode, readBlockNode } from './block-tree.ts'
import { voteNotarize, voteNullify } from './cast-vote.ts'
import { encodeMessage, type Proposal } from './consensus-message.ts'
import { isCurrentEnough } from './current-views.ts'
import { armView } from './enter-view.ts'
import type { SimplexState, ViewState } from './simplex-state.ts'
import { PROPOSE, voteDigest } from './vote.ts'

export function receiveProposal(state: SimplexState, proposal: Proposal, from: number): void {
  const { epoch, view: number } = proposal
  if (!isCurrentEnough(state, epoch, number)) return
  const view = state.viewState(number)
  const read = readBlockNode(proposal.block)
  if (!read || !isFromLeader(state, proposal, read)) {
    state.log('warn', 'a proposal is malformed or not from the leader', { from, view: number })
    return
  }
  if (view.proposal) {
    if (view.node?.hash !== read.hash) {
      state.reached('evidence')
      state.emit({ type: 'evidence-proposals', leader: read.proposer, view: number })
      // Another block of the same leader may still become notarised by the others: keep it.
      state.tree.add(proposal.block)
    }
    return
  }
  view.proposal = proposal
  view.node = state.tree.add(proposal.block)
  state.silentTurns.delete(read.proposer)
  askForParents(state, view, from)
  considerProposal(state)
}

function isFromLeader(state: SimplexState, proposal: Proposal, node: BlockNode): boolean {
  const { rules, chain, bls } = state.config
  const leader = rules.set.validators[state.leader(proposal.view)]
  if (!leader || node.proposer !== leader.index || node.view !== proposal.view) return false
  if (node.epoch !== rules.epoch || node.parentView !== proposal.parentView) return false
  if (node.validatorSetHash !== state.setHash) return false
  const digest = voteDigest(chain, PROPOSE, proposal.epoch, proposal.view, node.hash)
  return bls.verify(hexToBytes(leader.blsPublicKey), digest, proposal.signature)
}

/** Certificates that the proposer must have had and we have not: ask whoever sent the proposal. */
function askForParents(state: SimplexState, view: ViewState, from: number): void {
  if (!view.node || isJustified(state, view.node)) return
  const first = Math.max(state.final.view + 1, view.node.parentView)
  if (first > view.view - 1) return
  state.emit({
    type: 'send',
    to: from,
    message: encodeMessage({ type: 'get', from: first, to: view.view - 1 }),
  })
}

/** N(p, parent) and L(w) for all p < w < v are held. */
function isJustified(state: SimplexState, node: BlockNode): boolean {
  const { parentView, view } = node
  if (parentView < state.final.view) return false
  if (parentView === state.final.view) {
    if (node.parent !== state.final.hash) return false
  } else if (state.viewState(parentView).notarised?.blockHash !== node.parent) return false
  for (let w = parentView + 1; w < view; w++) if (!state.viewState(w).nullified) return false
  return true
}

/** Looks at the current view's proposal again whenever something it waited for has come. */
export function considerProposal(state: SimplexState): void {
  const view = state.views.get(state.view)
  const node = view?.node
  if (!view || !node || view.sentNotarize || view.sentNullify || view.proposed) return
  armView(state)
  state.cancel('lead')
  if (!isJustified(state, node) || !state.tree.isValid(node.parent)) {
    checkParent(state, node)
    return
  }
  if (node.timestampMs < state.tree.timestampMs(node.parent)) node.state = 'invalid'
  if (node.timestampMs > state.clock.wall + state.config.clockAheadMaxMs) return
  if (node.state === 'valid') voteNotarize(state, view, node.hash)
  else if (node.state === 'invalid') voteNullify(state, view)
  else if (node.state === 'new') startCheck(state, node)
}

/** The parent is notarised but execution has not seen it yet. */
function checkParent(state: SimplexState, node: BlockNode): void {
  const path = state.tree.pathTo(node.parent)
  const next = path?.find((one) => one.state !== 'valid')
  if (next?.state === 'new') startCheck(state, next)
}

export function startCheck(state: SimplexState, node: BlockNode): void {
  node.state = 'checking'
  state.emit({ type: 'check', hash: node.hash, block: node.bytes })
}
