// After a block's transactions: what the epoch adds up, and at its last block the step into the
// next (CONSENSUS, "epochs, modes, sets, randomness"). What a boundary block announces acts one
// epoch after the next, and only if the stake has certified it.

import { type EpochRules, isBoundary } from '../consensus/epoch-rules.ts'
import type { Words } from '../modules/storage-layout.ts'
import { EPOCH_ADDRESS, GOVERNANCE_ADDRESS } from '../params.ts'
import { addGas, clearAccumulators, nextSeed } from './accumulators.ts'
import type { System } from './begin-block.ts'
import { isCertified } from './checkpoint-storage.ts'
import { epochLength, loadParams } from './epoch-params.ts'
import {
  loadAnnouncement,
  saveAnnouncement,
  saveCurrentRules,
  savePreviousRules,
  setsInUse,
} from './epoch-storage.ts'
import { epochMetrics } from './network-metrics.ts'
import { nextSet } from './next-set.ts'
import { clearMarks } from './participation.ts'
import { decideNextMode } from './policy-storage.ts'
import { dropSet } from './set-storage.ts'

export interface EndedBlock {
  readonly rules: EpochRules
  readonly height: number
  readonly timestampMs: number
  /** Validators whose votes the block records, by index. */
  readonly participants: readonly number[]
  readonly gasUsed: number
}

/** Without the stake's signatures nothing gets weaker, and nobody new decides. */
function nextRules(words: Words, { rules, height, timestampMs }: EndedBlock): EpochRules {
  const announced = loadAnnouncement(words)
  const certified = isCertified(words, rules.epoch - 1)
  const mode = certified || announced.mode > rules.mode ? announced.mode : rules.mode
  const { set, setHash, balancedStake } = certified ? announced : rules
  return {
    epoch: rules.epoch + 1,
    mode,
    set,
    setHash,
    balancedStake,
    seed: nextSeed(words, rules.seed),
    startHeight: height + 1,
    startMs: timestampMs,
    ...epochLength(loadParams(words), mode),
  }
}

/** For the epoch after `next`, with what is bonded and measured now. */
function announce(system: System, { rules, timestampMs }: EndedBlock, next: EpochRules): void {
  const words = system(EPOCH_ADDRESS)
  const metrics = epochMetrics(words, rules, timestampMs)
  const mode = decideNextMode(words, system(GOVERNANCE_ADDRESS), metrics, rules.mode)
  const { balancedStake, set } = next
  saveAnnouncement(words, { mode, set: nextSet(set, []), balancedStake })
}

function turnEpoch(system: System, ended: EndedBlock): void {
  const words = system(EPOCH_ADDRESS)
  const next = nextRules(words, ended)
  const before = setsInUse(words)
  savePreviousRules(words, ended.rules)
  saveCurrentRules(words, next)
  announce(system, ended, next)
  const after = setsInUse(words)
  for (const setHash of before) if (!after.has(setHash)) dropSet(words, setHash)
  clearAccumulators(words)
  clearMarks(words)
}

export function endBlock(system: System, ended: EndedBlock): void {
  const words = system(EPOCH_ADDRESS)
  const { rules, height, timestampMs, gasUsed } = ended
  // The last block's own gas is no part of what is measured: its proposer would decide with it.
  if (isBoundary(rules, height, timestampMs)) turnEpoch(system, ended)
  else addGas(words, gasUsed)
}
