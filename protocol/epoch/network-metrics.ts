// What the mode policy looks at, from integers that the chain adds up while an epoch lasts. Nothing
// here is one node's opinion: gas, marks and stakes all come out of final blocks.

import type { NetworkMetrics } from '../consensus/determine-mode.ts'
import type { EpochRules } from '../consensus/epoch-rules.ts'
import type { ReadWords } from '../modules/storage-layout.ts'
import { utilization } from './accumulators.ts'
import { isCertified, loadCertified } from './checkpoint-storage.ts'
import { attendance } from './participation.ts'

/** Of the epoch so far, in basis points. Stake that has not signed in time has not signed. */
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
