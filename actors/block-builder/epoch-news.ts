// What consensus learns from the state after a final block: the rules of the next one, and the
// checkpoint that the last epoch's validators sign.

import type { Block } from '../../protocol/block/block.ts'
import { type Checkpoint, encodeCheckpoint } from '../../protocol/consensus/checkpoint.ts'
import { type EpochRules, encodeEpochRules } from '../../protocol/consensus/epoch-rules.ts'
import { isCertified, openCheckpoint } from '../../protocol/epoch/checkpoint-storage.ts'
import { currentRules, epochWords } from '../../protocol/epoch/epoch-storage.ts'
import type { ReadWords } from '../../protocol/modules/storage-layout.ts'
import { treeView } from '../../protocol/state/state-view.ts'
import type { Tip } from './speculation.ts'

export interface EpochNews {
  readonly rules: Uint8Array
  /** Empty in the first epoch, and once the chain has the certificate. */
  readonly checkpoint: Uint8Array
}

const NOTHING = new Uint8Array(0)
export const NO_NEWS: EpochNews = { rules: NOTHING, checkpoint: NOTHING }

function missingCheckpoint(
  words: ReadWords,
  rules: EpochRules,
  { hash, header }: Block,
): Checkpoint | undefined {
  if (isCertified(words, rules.epoch - 1)) return undefined
  // The boundary block's own state cannot name it.
  const isBoundary = header.height + 1 === rules.startHeight
  return isBoundary ? openCheckpoint(words, rules, hash) : openCheckpoint(words, rules)
}

export function epochNews({ block, tree }: Tip): EpochNews {
  const words = epochWords(treeView(tree))
  const rules = currentRules(words)
  const checkpoint = missingCheckpoint(words, rules, block)
  return {
    rules: encodeEpochRules(rules),
    checkpoint: checkpoint ? encodeCheckpoint(checkpoint) : NOTHING,
  }
}

export function epochAfter({ tree }: Tip): number {
  return currentRules(epochWords(treeView(tree))).epoch
}
