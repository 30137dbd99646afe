// The end of an epoch. After its last block is notarised no new one is built: later views propose
// that very block again until it is final, so that two quorum rules never apply to one view.

import type { Hex } from '../../lib/hex.ts'
import type { BlockNode } from './block-tree.ts'
import { isBoundary } from './epoch-rules.ts'
import type { SimplexState } from './simplex-state.ts'

export function endsEpoch(state: SimplexState, node: BlockNode): boolean {
  return node.epoch === state.rules.epoch && isBoundary(state.rules, node.height, node.timestampMs)
}

/** The block, if it ends this epoch and is not final yet. */
export function boundaryAt(state: SimplexState, hash: Hex): BlockNode | undefined {
  const node = state.tree.get(hash)
  return node && endsEpoch(state, node) ? node : undefined
}
