// After a block's transactions: its money, what the epoch adds up, and at its last block the step
// into the next (CONSENSUS, "epochs, modes, sets, randomness"). What a boundary block announces
// acts one epoch after the next, and only if the stake has certified it.

import { assert } from '../../lib/assert.ts'
import { type EpochRules, isBoundary } from '../consensus/epoch-rules.ts'
import type { Words } from '../modules/storage-layout.ts'
import { EPOCH_ADDRESS, ROLLUP_ADDRESS, STAKING_ADDRESS } from '../params.ts'
import { turnShards } from '../rollup/turn-shards.ts'
import { punishLiars } from '../rollup/verdicts.ts'
import { payEpochRewards } from '../staking/block-reward.ts'
import { recordEpoch } from '../staking/epoch-history.ts'
import { jailForDowntime } from '../staking/jail.ts'
import { addGas, clearAccumulators, nextSeed } from './accumulators.ts'
import { announce } from './announce.ts'
import type { System } from './begin-block.ts'
import { isCertified } from './checkpoint-storage.ts'
import { epochLength, loadParams } from './epoch-params.ts'
import {
  loadAnnouncement,
  saveCurrentRules,
  savePreviousRules,
  setsInUse,
} from './epoch-storage.ts'
import { epochMetrics } from './network-metrics.ts'
import { attendance, clearMarks } from './participation.ts'
import { payBlock } from './pay-block.ts'
import { dropSet } from './set-storage.ts'

export interface EndedBlock {
  readonly rules: EpochRules
  readonly height: number
  readonly timestampMs: number
  /** Index of the validator that proposed the block. */
  readonly proposer: number
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

/** Who was at work is paid from the epoch's pot; who never was goes to jail, if governance jails. */
function settleEpoch(system: System, { rules, timestampMs }: EndedBlock): void {
  const { mode, set } = rules
  const state = system(STAKING_ADDRESS)
  const { marks, absent } = attendance(system(EPOCH_ADDRESS), set)
  const participants = set.validators.map(({ index, address, stake, authority }) => ({
    ...{ address, stake, authority },
    marks: marks[index] as number,
  }))
  payEpochRewards(state, { mode, participants })
  // No receipt can hold what happens outside of transactions.
  const context = { state, timestamp: Math.floor(timestampMs / 1000), emit: () => undefined }
  jailForDowntime(
    context,
    absent.map(({ address }) => address),
  )
}

function turnEpoch(system: System, ended: EndedBlock): void {
  const words = system(EPOCH_ADDRESS)
  const { rules, timestampMs } = ended
  settleEpoch(system, ended)
  const next = nextRules(words, ended)
  const metrics = epochMetrics(words, rules, timestampMs)
  const before = setsInUse(words)
  savePreviousRules(words, rules)
  saveCurrentRules(words, next)
  announce(system, { ended: rules, next }, metrics)
  const after = setsInUse(words)
  for (const setHash of before) if (!after.has(setHash)) dropSet(words, setHash)
  const startSeconds = Math.floor(timestampMs / 1000)
  const begun = { epoch: next.epoch, startSeconds, set: next.set }
  recordEpoch(system(STAKING_ADDRESS), begun, rules.set)
  clearAccumulators(words)
  clearMarks(words)
  turnShards(system(ROLLUP_ADDRESS), { epoch: next.epoch, timestampMs })
}

export function endBlock(system: System, ended: EndedBlock): void {
  const { rules, height, timestampMs, gasUsed } = ended
  const proposer = rules.set.validators[ended.proposer]
  assert(proposer, 'a block has a proposer of its set')
  punishLiars(system(ROLLUP_ADDRESS), system(STAKING_ADDRESS), Math.floor(timestampMs / 1000))
  payBlock(system, { mode: rules.mode, proposer: proposer.address })
  // The last block's own gas is no part of what is measured: its proposer would decide with it.
  if (isBoundary(rules, height, timestampMs)) turnEpoch(system, ended)
  else addGas(system(EPOCH_ADDRESS), gasUsed)
}
