// How far an epoch has come, in whole parts: by blocks or by time, whichever is further, as its
// end is. The first block is in part 0.

import type { EpochRules } from '../consensus/epoch-rules.ts'

type Span = Pick<EpochRules, 'startHeight' | 'startMs' | 'epochBlocks' | 'epochMs'>

/** From 0 to `parts` - 1. */
export function epochPart(rules: Span, height: number, timestampMs: number, parts: number): number {
  const byHeight = Math.floor(((height - rules.startHeight) * parts) / rules.epochBlocks)
  const byTime = Math.floor(((timestampMs - rules.startMs) * parts) / rules.epochMs)
  return Math.min(parts - 1, Math.max(byHeight, byTime))
}

/** Only these blocks make the next epoch's seed: whoever leads later knows it already. */
export function drawsSeed(rules: Span, height: number, timestampMs: number): boolean {
  return epochPart(rules, height, timestampMs, 3) < 2
}
