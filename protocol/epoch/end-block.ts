// After a block's transactions: what the epoch adds up, and at its last block the step into the
// next (CONSENSUS, "epochs, modes, sets, randomness"). What a boundary block announces acts one
// epoch after the next, and only if the stake has certified it.

import type { NetworkMetrics } from '../consensus/determine-mode.ts'
import { type EpochRules, isBoundary } from '../consensus/epoch-rules.ts'
import type { ModeNumber } from '../consensus/validator-set.ts'
import type { ReadWords, Words } from '../modules/storage-layout.ts'
import { EPOCH_ADDRESS } from '../params.ts'
import { addGas, clearAccumulators, nextSeed, utilization } from './accumulators.ts'
import type { System } from './begin-block.ts'
import { isCertified, loadCertified } from './checkpoint-storage.ts'
import { epochLength, loadParams } from './epoch-params.ts'
import {
  loadAnnouncement,
  saveAnnouncement,
  saveCurrentRules,
  savePreviousRules,
  setsInUse,
} from './epoch-storage.ts'
import { nextSet } from './next-set.ts'
import { attendance, clearMarks } from './participation.ts'
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

/** Of the epoch so far, in basis points. */
export function epochMetrics(
  words: ReadWords,
  rules: EpochRules,
  timestampMs: number,
): NetworkMetrics {
  const signed = isCertified(words, rules.epoch - 1) ? loadCertified(words)?.stakeRatio : 0
  return {
    utilization: utilization(words, timestampMs - rules.startMs),
    authorityUptime: attendance(words, rules.set).authorityUptime,
    stakeRatio: signed ?? 0,
  }
}

/** Until the policy is here: pinned but for networks that cycle. */
function decideMode(words: ReadWords): ModeNumber {
  const { mode } = loadAnnouncement(words)
  return loadParams(words).modePolicy === 2 ? (((mode + 1) % 3) as ModeNumber) : mode
}

/** For the epoch after `next`, with what is bonded and measured now. */
function announce(words: Words, next: EpochRules, _metrics: NetworkMetrics): void {
  const { balancedStake, set } = next
  saveAnnouncement(words, { mode: decideMode(words), set: nextSet(set, []), balancedStake })
}

function turnEpoch(words: Words, ended: EndedBlock): void {
  const { rules, timestampMs } = ended
  const next = nextRules(words, ended)
  const metrics = epochMetrics(words, rules, timestampMs)
  const before = setsInUse(words)
  savePreviousRules(words, rules)
  saveCurrentRules(words, next)
  announce(words, next, metrics)
  const after = setsInUse(words)
  for (const setHash of before) if (!after.has(setHash)) dropSet(words, setHash)
  clearAccumulators(words)
  clearMarks(words)
}

export function endBlock(system: System, ended: EndedBlock): void {
  const words = system(EPOCH_ADDRESS)
  const { rules, height, timestampMs, gasUsed } = ended
  // The last block's own gas is no part of what is measured: its proposer would decide with it.
  if (isBoundary(rules, height, timestampMs)) turnEpoch(words, ended)
  else addGas(words, gasUsed)
}
