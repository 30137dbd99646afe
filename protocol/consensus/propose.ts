// The leader's side of a view (rule 2): choose the parent, wait for the block time, have the block
// built, sign it, vote for it. The last block of an epoch is proposed again instead.

import type { Hex } from '../../lib/hex.ts'
import { encodeSidecar } from '../block/sidecar.ts'
import { keccakHex } from '../crypto/keccak.ts'
import { UNFINAL_DEPTH_MAX } from '../params.ts'
import type { BlockNode } from './block-tree.ts'
import { boundaryAt } from './boundary.ts'
import { noteSigned, voteNotarize } from './cast-vote.ts'
import { checkpointFor } from './checkpoint-round.ts'
import { encodeMessage, type Proposal } from './consensus-message.ts'
import { viewRandomness } from './leader.ts'
import { evidenceToOffer } from './note-evidence.ts'
import { presenceCertificate } from './presence.ts'
import type { SimplexState } from './simplex-state.ts'
import type { ViewState } from './view-state.ts'
import { PROPOSE, voteDigest } from './vote.ts'

/** The highest notarised valid block below `view` with every view between nullified. */
export function parentFor(
  state: SimplexState,
  view: number,
): { hash: Hex; view: number } | undefined {
  for (let p = view - 1; p > state.finalView; p--) {
    const { notarised, nullified } = state.viewState(p)
    if (notarised && state.tree.isValid(notarised.blockHash)) {
      return { hash: notarised.blockHash, view: p }
    }
    if (!nullified) return undefined
  }
  return { hash: state.final.hash, view: state.finalView }
}

export function planProposal(state: SimplexState): void {
  const view = state.viewState(state.view)
  if (!state.isLeader || view.proposed || view.sentNullify || view.view < state.signedView) return
  if (view.building) {
    view.buildAgain = true
    return
  }
  const parent = parentFor(state, state.view)
  if (!parent) return
  const last = boundaryAt(state, parent.hash)
  if (last) {
    proposeAgain(state, view, last, parent.view)
    return
  }
  if (state.tree.height(parent.hash) - state.final.height >= UNFINAL_DEPTH_MAX) {
    state.reached('unfinal-depth')
    return
  }
  const wait = state.tree.timestampMs(parent.hash) + state.blockTimeMs - state.clock.wall
  if (wait > 0) {
    state.timer('propose', wait)
    return
  }
  build(state, view, parent)
}

/** Its finality is on its way, most likely: only if it does not come is the block said again. */
function proposeAgain(
  state: SimplexState,
  view: ViewState,
  last: BlockNode,
  parentView: number,
): void {
  const wait = state.enteredAt + state.deltaMs - state.clock.now
  if (wait > 0) {
    state.timer('propose', wait)
    return
  }
  state.reached('boundary-proposed-again')
  propose(state, view, last, parentView)
}

function build(
  state: SimplexState,
  view: ViewState,
  parent: { readonly hash: Hex; readonly view: number },
): void {
  view.building = true
  const { config, rules } = state
  const proposer = state.index as number
  const alpha = viewRandomness(rules.seed, rules.epoch, state.view)
  const { proof, output } = config.vrf.prove(config.keys?.vrfSecretKey as Uint8Array, alpha)
  state.emit({
    type: 'build',
    epoch: rules.epoch,
    mode: rules.mode,
    view: state.view,
    proposer,
    parent: parent.hash,
    timestampMs: Math.max(state.clock.wall, state.tree.timestampMs(parent.hash)),
    randomness: keccakHex(output),
    allowEmpty: state.emptyDueIn() <= 0,
    sidecar: encodeSidecar({
      validatorSetHash: rules.setHash,
      proposer,
      parentView: parent.view,
      vrfProof: proof,
      participation: presenceCertificate(state),
      checkpoint: checkpointFor(state, parent.hash),
      evidence: evidenceToOffer(state),
      // The builder adds them: it knows which stand on the parent.
      claims: [],
      certificates: [],
    }),
  })
}

export function handleBuilt(
  state: SimplexState,
  built: {
    readonly epoch: number
    readonly view: number
    readonly block: Uint8Array | undefined
    readonly code: string
  },
): void {
  const { epoch, view: number, block, code } = built
  const view = epoch === state.rules.epoch ? state.views.get(number) : undefined
  if (!view) return
  view.building = false
  if (number !== state.view || view.sentNullify || view.proposed) return
  if (!block) {
    if (code) state.log('warn', 'no block was built', { view: number, code })
    if (view.buildAgain) {
      view.buildAgain = false
      planProposal(state)
    }
    return
  }
  const node = state.tree.add(block)
  if (!node) return
  node.state = 'valid'
  propose(state, view, node, node.parentView)
}

function propose(state: SimplexState, view: ViewState, node: BlockNode, parentView: number): void {
  const { config } = state
  const { epoch } = state.rules
  const digest = voteDigest(config.chain, PROPOSE, epoch, view.view, node.hash)
  const signature = config.bls.sign(config.keys?.secretKey as Uint8Array, digest)
  const proposal: Proposal = {
    epoch,
    view: view.view,
    parentView,
    block: node.bytes,
    signature,
  }
  const message = encodeMessage({ type: 'propose', proposal })
  view.proposed = true
  view.proposal = proposal
  view.node = node
  noteSigned(state, view.view)
  state.record({ epoch, view: view.view, slot: PROPOSE, message }, () => {
    view.own.push(message)
    state.emit({ type: 'broadcast', message })
  })
  voteNotarize(state, view, node.hash)
}
