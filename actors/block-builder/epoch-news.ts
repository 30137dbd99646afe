// What consensus learns from the state after a final block: the rules of the next one, and the
// checkpoint of the epoch that ended last.

import { encodeFollowing } from '../../protocol/consensus/following.ts'
import { isCertified, openCheckpoint } from '../../protocol/epoch/checkpoint-storage.ts'
import { currentRules, epochWords, previousRules } from '../../protocol/epoch/epoch-storage.ts'
import { treeView } from '../../protocol/state/state-view.ts'
import type { Tip } from './speculation.ts'

export function followingOf({ block, tree }: Tip): Uint8Array {
  const words = epochWords(treeView(tree))
  const rules = currentRules(words)
  const before = previousRules(words)
  // The boundary block's own state cannot name it.
  const isBoundary = block.header.height + 1 === rules.startHeight
  const open = isBoundary ? openCheckpoint(words, rules, block.hash) : openCheckpoint(words, rules)
  if (!before || !open) return encodeFollowing({ rules, checkpoint: undefined })
  const certified = isCertified(words, before.epoch)
  return encodeFollowing({ rules, checkpoint: { checkpoint: open, rules: before, certified } })
}

export function epochAfter({ tree }: Tip): number {
  return currentRules(epochWords(treeView(tree))).epoch
}
