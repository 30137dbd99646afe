// The mode policy in the state: what it remembers from epoch to epoch, and what its last decision
// was made of, so that anybody can say why the chain is in its mode.

import type { NetworkMetrics } from '../consensus/determine-mode.ts'
import { asMode } from '../consensus/epoch-rules.ts'
import type { ModeNumber } from '../consensus/validator-set.ts'
import { pinnedMode } from '../governance/governance-storage.ts'
import { parametersOf } from '../governance/parameters.ts'
import type { ReadWords, Words } from '../modules/storage-layout.ts'
import { loadParams } from './epoch-params.ts'
import { loadAnnouncement, slot } from './epoch-storage.ts'
import {
  decideMode,
  initialPolicyMemory,
  type ModeControl,
  type ModeDecision,
  type PolicyMemory,
} from './mode-policy.ts'
import { packWord, unpackWord } from './packed-word.ts'
import { readPolicyRules } from './read-policy-rules.ts'

const MEMORY = slot(0x70)
/** The memory and measurements that the last decision was made of. */
const BEFORE = slot(0x71)
const MEASURED = slot(0x72)

const REMEMBERED = {
  exists: 1,
  mode: 8,
  heading: 8,
  candidate: 8,
  agreeing: 32,
  epochsInMode: 32,
} as const

const SEEN = {
  exists: 1,
  inForce: 8,
  utilization: 16,
  authorityUptime: 16,
  stakeRatio: 16,
} as const

/** Undefined before the first decision. */
function loadMemory(words: ReadWords, at: typeof MEMORY): PolicyMemory | undefined {
  const { exists, ...rest } = unpackWord(REMEMBERED, words.load(at))
  if (exists === 0) return undefined
  const { mode, heading, candidate } = rest
  return {
    ...rest,
    mode: asMode(mode),
    heading: asMode(heading),
    candidate: asMode(candidate),
  }
}

function saveMemory(words: Words, at: typeof MEMORY, memory: PolicyMemory): void {
  words.save(at, packWord(REMEMBERED, { ...memory, exists: 1 }))
}

/** A vote stands above what the genesis says, which stands above the measurements. */
function controlOf(words: ReadWords, governance: ReadWords, mode: ModeNumber): ModeControl {
  const voted = pinnedMode(governance)
  if (voted !== undefined) return { kind: 'pinned', mode: voted, by: 'vote' }
  const { modePolicy } = loadParams(words)
  if (modePolicy === 1) return { kind: 'pinned', mode, by: 'genesis' }
  return { kind: modePolicy === 2 ? 'cycle' : 'auto' }
}

function decide(
  words: ReadWords,
  governance: ReadWords,
  memory: PolicyMemory,
  metrics: NetworkMetrics,
  inForce: ModeNumber,
): ModeDecision {
  const rules = readPolicyRules(parametersOf(governance))
  const control = controlOf(words, governance, memory.mode)
  return decideMode(memory, metrics, inForce, rules, control)
}

/**
 * The mode to announce at the end of an epoch that ran in `inForce` and measured `metrics`.
 * `governance`: the storage of the governance module.
 */
export function decideNextMode(
  words: Words,
  governance: ReadWords,
  metrics: NetworkMetrics,
  inForce: ModeNumber,
): ModeNumber {
  const memory = loadMemory(words, MEMORY) ?? initialPolicyMemory(loadAnnouncement(words).mode)
  const decision = decide(words, governance, memory, metrics, inForce)
  saveMemory(words, BEFORE, memory)
  words.save(MEASURED, packWord(SEEN, { ...metrics, inForce, exists: 1 }))
  saveMemory(words, MEMORY, decision.memory)
  return decision.target
}

export interface LastDecision extends ModeDecision {
  readonly metrics: NetworkMetrics
  /** The mode of the epoch that was measured. */
  readonly inForce: ModeNumber
}

/**
 * The decision at the end of the last epoch, made again; undefined in the first epoch. After a vote
 * has changed the policy's numbers or pinned a mode since, the sentence is that of the new ones.
 */
export function lastDecision(words: ReadWords, governance: ReadWords): LastDecision | undefined {
  const before = loadMemory(words, BEFORE)
  const { exists, ...seen } = unpackWord(SEEN, words.load(MEASURED))
  if (!before || exists === 0) return undefined
  const { utilization, authorityUptime, stakeRatio } = seen
  const metrics = { utilization, authorityUptime, stakeRatio }
  const inForce = asMode(seen.inForce)
  return { ...decide(words, governance, before, metrics, inForce), metrics, inForce }
}
