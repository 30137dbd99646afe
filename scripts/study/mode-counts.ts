// What the study counts in a row of modes. A return is the sign of an oscillation: the chain leaves
// a mode and comes back to it in fewer epochs than the policy lets a mode last.

import type { ModeNumber } from '../../protocol/consensus/validator-set.ts'
import { POLICY_RULES_DEFAULT } from '../../protocol/epoch/mode-policy.ts'

export interface ModeCounts {
  readonly switches: number
  readonly returns: number
  /** Epochs of the shortest stay between two switches, or undefined without such a stay. */
  readonly shortestStay: number | undefined
  /** Largest number of modes passed at once. */
  readonly longestStep: number
  /** Epochs in each mode. */
  readonly epochsIn: readonly [number, number, number]
}

export function countModes(
  modes: readonly ModeNumber[],
  dwellEpochs = POLICY_RULES_DEFAULT.dwellEpochs,
): ModeCounts {
  const stays: { mode: ModeNumber; epochs: number }[] = []
  const epochsIn: [number, number, number] = [0, 0, 0]
  for (const mode of modes) {
    epochsIn[mode]++
    const last = stays.at(-1)
    if (last?.mode === mode) last.epochs++
    else stays.push({ mode, epochs: 1 })
  }
  let returns = 0
  let longestStep = 0
  for (const [i, stay] of stays.entries()) {
    const [before, after] = [stays[i - 1], stays[i + 1]]
    if (before) longestStep = Math.max(longestStep, Math.abs(stay.mode - before.mode))
    if (before && before.mode === after?.mode && stay.epochs < dwellEpochs) {
      returns++
    }
  }
  // The first stay began before we looked, and the last is not over.
  const between = stays.slice(1, -1).map(({ epochs }) => epochs)
  return {
    switches: stays.length - 1,
    returns,
    shortestStay: between.length > 0 ? Math.min(...between) : undefined,
    longestStep,
    epochsIn,
  }
}
