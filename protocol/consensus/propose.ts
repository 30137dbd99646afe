// The leader's side of a view (rule 2): choose the parent, wait for the block time, have the block
// built, sign it, vote for it.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { encodeSidecar, plainSidecar } from '../block/sidecar.ts'
import { UNFINAL_DEPTH_MAX } from '../params.ts'
import { voteNotarize } from './cast-vote.ts'
import { encodeMessage, type Proposal } from './consensus-message.ts'
import { viewRandomness } from './leader.ts'
import type { SimplexState } from './simplex-state.ts'
import { PROPOSE, voteDigest } from './vote.ts'

/** The highest notarised valid block below `view` with every view between nullified. */
export function parentFor(
  state: SimplexState,
  view: number,
): { hash: Hex; view: number } | undefined {
  for (let p = view - 1; p > state.final.view; p--) {
    const { notarised, nullified } = state.viewState(p)
    if (notarised && state.tree.isValid(notarised.blockHash)) {
      return { hash: notarised.blockHash, view: p }
    }
    if (!nullified) return undefined
  }
  return { hash: state.final.hash, view: state.final.view }
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
  if (state.tree.height(parent.hash) - state.final.height >= UNFINAL_DEPTH_MAX) {
    state.reached('unfinal-depth')
    return
  }
  const parentMs = state.tree.timestampMs(parent.hash)
  const wait = parentMs + state.config.blockTimeMs - state.clock.wall
  if (wait > 0) {
    state.timer('propose', wait)
    return
  }
  view.building = true
  const { seed, epoch } = state.config.rules
  const randomness = bytesToHex(viewRandomness(seed, epoch, state.view))
  state.emit({
    type: 'build',
    view: state.view,
    parent: parent.hash,
    timestampMs: Math.max(state.clock.wall, parentMs),
    randomness,
    allowEmpty: state.emptyDueIn() <= 0,
    sidecar: encodeSidecar(
      plainSidecar({
        validatorSetHash: state.setHash,
        proposer: state.config.index as number,
        parentView: parent.view,
      }),
    ),
  })
}

export function handleBuilt(
  state: SimplexState,
  viewNumber: number,
  block: Uint8Array | undefined,
  code: string,
): void {
  const view = state.views.get(viewNumber)
  if (!view) return
  view.building = false
  if (viewNumber !== state.view || view.sentNullify || view.proposed) return
  if (!block) {
    if (code) state.log('warn', 'no block was built', { view: viewNumber, code })
    if (view.buildAgain) {
      view.buildAgain = false
      planProposal(state)
    }
    return
  }
  const node = state.tree.add(block)
  if (!node) return
  node.state = 'valid'
  propose(state, viewNumber, block, node.hash, node.parentView)
}

function propose(
  state: SimplexState,
  viewNumber: number,
  block: Uint8Array,
  hash: Hex,
  parentView: number,
): void {
  const { config } = state
  const view = state.viewState(viewNumber)
  const { epoch } = config.rules
  const digest = voteDigest(config.chain, PROPOSE, epoch, viewNumber, hash)
  const signature = config.bls.sign(config.secretKey as Uint8Array, digest)
  const proposal: Proposal = { epoch, view: viewNumber, parentView, block, signature }
  const message = encodeMessage({ type: 'propose', proposal })
  view.proposed = true
  view.proposal = proposal
  view.node = state.tree.get(hash)
  state.record({ view: viewNumber, slot: PROPOSE, message }, () => {
    view.own.push(message)
    state.emit({ type: 'broadcast', message })
  })
  voteNotarize(state, view, hash)
}
