// A proposal arrives (rule 3): is it from the leader, on a justified parent, in time, and valid
// when executed? Then NOTARIZE; if it is invalid, NULLIFY.

import { hexToBytes } from '../../lib/hex.ts'
import { type BlockNode, readBlockNode } from './block-tree.ts'
import { boundaryAt, endsEpoch } from './boundary.ts'
import { voteNotarize, voteNullify } from './cast-vote.ts'
import { encodeMessage, type Proposal } from './consensus-message.ts'
import { isCurrentEnough } from './current-views.ts'
import { armView } from './enter-view.ts'
import { noteEvidence } from './note-evidence.ts'
import type { SimplexState } from './simplex-state.ts'
import type { ViewState } from './view-state.ts'
import { PROPOSE, voteDigest } from './vote.ts'

export function receiveProposal(state: SimplexState, proposal: Proposal, from: string): void {
  const { epoch, view: number } = proposal
  if (!isCurrentEnough(state, epoch, number)) {
    state.refuse('proposal-not-current')
    return
  }
  const view = state.viewState(number)
  const read = readBlockNode(proposal.block)
  const refusal = read ? proposalRefusal(state, proposal, read) : 'malformed-proposal'
  if (!read || refusal) {
    state.refuse(refusal ?? '', from, { view: number })
    return
  }
  const leader = state.leader(number)
  if (view.proposal) {
    if (view.node?.hash !== read.hash) {
      noteTwoProposals(state, view.proposal, view.node as BlockNode, proposal, read)
      // Another block of the same leader may still become notarised by the others: keep it.
      state.tree.addNode(read)
      considerProposal(state)
    } else state.count('proposal-known')
    return
  }
  const node = state.tree.addNode(read)
  if (!node) {
    state.refuse('proposal-not-above-final')
    return
  }
  view.proposal = proposal
  view.node = node
  state.silentTurns.delete(leader)
  askForParents(state, view, from)
  considerProposal(state)
}

/** Two signed proposals of one view: E4. */
function noteTwoProposals(
  state: SimplexState,
  one: Proposal,
  oneNode: BlockNode,
  two: Proposal,
  twoNode: BlockNode,
): void {
  const { epoch, view } = one
  const leader = state.rules.set.validators[state.leader(view)]
  if (!leader) return
  noteEvidence(state, { blsPublicKey: leader.blsPublicKey, epoch, view }, [
    { kind: PROPOSE, hash: oneNode.hash, signature: one.signature },
    { kind: PROPOSE, hash: twoNode.hash, signature: two.signature },
  ])
}

/** A new block of this view's leader, or the epoch's last block again; signed by the leader. */
function proposalRefusal(
  state: SimplexState,
  proposal: Proposal,
  node: BlockNode,
): string | undefined {
  const { rules, config } = state
  const leader = rules.set.validators[state.leader(proposal.view)]
  if (!leader) return 'no-leader'
  if (node.epoch !== rules.epoch) return 'block-of-another-epoch'
  if (node.view === proposal.view) {
    if (node.proposer !== leader.index) return 'not-from-the-leader'
    if (node.parentView !== proposal.parentView) return 'wrong-parent-view'
    if (node.validatorSetHash !== rules.setHash) return 'wrong-validator-set'
  } else if (!endsEpoch(state, node) || node.view > proposal.parentView) return 'wrong-block-view'
  if (proposal.parentView >= proposal.view) return 'wrong-parent-view'
  const digest = voteDigest(config.chain, PROPOSE, proposal.epoch, proposal.view, node.hash)
  const key = hexToBytes(leader.blsPublicKey)
  return config.bls.verify(key, digest, proposal.signature) ? undefined : 'forged-proposal'
}

/** Certificates that the proposer must have had and we have not: ask whoever sent the proposal. */
function askForParents(state: SimplexState, view: ViewState, from: string): void {
  if (!view.node || !view.proposal || isJustified(state, view.proposal, view.node)) return
  const first = Math.max(state.finalView + 1, view.proposal.parentView)
  if (first > view.view - 1) return
  const { epoch } = state.rules
  state.emit({
    type: 'send',
    to: from,
    message: encodeMessage({ type: 'get', epoch, from: first, to: view.view - 1 }),
  })
}

/** N(p, parent) and L(w) for all p < w < v are held; an epoch's last block stands on itself. */
function isJustified(state: SimplexState, proposal: Proposal, node: BlockNode): boolean {
  const { parentView, view } = proposal
  const again = node.view !== view
  if (parentView < state.finalView) return false
  if (parentView === state.finalView) {
    if (again || node.parent !== state.final.hash) return false
  } else {
    const stands = again ? node.hash : node.parent
    if (state.viewState(parentView).notarised?.blockHash !== stands) return false
    // Nothing but itself follows the last block of an epoch.
    if (!again && boundaryAt(state, node.parent)) return false
  }
  for (let w = parentView + 1; w < view; w++) if (!state.viewState(w).nullified) return false
  return true
}

/** The current view is notarised, but execution has not seen its block or one of its ancestors. */
function checkNotarised(state: SimplexState): void {
  const hash = state.viewState(state.view).notarised?.blockHash
  const next = hash && state.tree.pathTo(hash)?.find((node) => node.state !== 'valid')
  if (next && next.state === 'new') startCheck(state, next)
}

/** Looks at the current view's proposal again whenever something it waited for has come. */
export function considerProposal(state: SimplexState): void {
  checkNotarised(state)
  const view = state.views.get(state.view)
  const node = view?.node
  if (!view?.proposal || !node || view.sentNotarize || view.sentNullify || view.proposed) return
  armView(state)
  state.cancel('lead')
  if (!isJustified(state, view.proposal, node) || !state.tree.isValid(node.parent)) {
    checkParent(state, node)
    return
  }
  if (node.timestampMs < state.tree.timestampMs(node.parent)) node.state = 'invalid'
  if (node.timestampMs > state.clock.wall + state.config.clockAheadMaxMs) {
    state.count('proposal-ahead-of-clock')
    return
  }
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

export function startCheck(state: SimplexState, node: BlockNode, isFinal = false): void {
  node.state = 'checking'
  state.emit({ type: 'check', hash: node.hash, block: node.bytes, isFinal })
}
