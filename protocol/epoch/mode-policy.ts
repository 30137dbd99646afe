// When the chain follows the published rule: after several epochs of one answer, not too soon after
// the last switch, one step at a time, and with thresholds that favour the way already taken. The
// rule alone changes its answer as often as somebody moves a measurement over a threshold.
// docs/spec/modes.md studies both. Pure and in integers: every validator recomputes it.

import { assert } from '../../lib/assert.ts'
import {
  determineMode,
  type ModeThresholds,
  type NetworkMetrics,
  PUBLISHED_THRESHOLDS,
} from '../consensus/determine-mode.ts'
import { MODE_NAMES, type ModeNumber } from '../consensus/validator-set.ts'

/**
 * In basis points, and epochs. Governance may change all but `enter`. No values make the chain
 * take two steps at once or leave a mode before `dwellEpochs`.
 */
export interface PolicyRules {
  /** To go somewhere. */
  readonly enter: ModeThresholds
  /** What load and uptime must pass to leave the way to FAST, or load and stake that to SECURE. */
  readonly fastLeaveLoad: number
  readonly fastLeaveUptime: number
  readonly secureLeaveLoad: number
  readonly secureLeaveStake: number
  /** So many epochs in a row must ask for the same. */
  readonly agreeEpochs: number
  /** So many epochs must have run in a mode before the next switch is decided. */
  readonly dwellEpochs: number
}

export const POLICY_RULES_DEFAULT: PolicyRules = {
  enter: PUBLISHED_THRESHOLDS,
  fastLeaveLoad: 4000,
  fastLeaveUptime: 8500,
  secureLeaveLoad: 6000,
  secureLeaveStake: 7500,
  agreeEpochs: 3,
  dwellEpochs: 10,
}

/** Who decides: the policy, a vote or the genesis, or (on test networks) the calendar. */
export type ModeControl =
  | { readonly kind: 'auto' }
  | { readonly kind: 'pinned'; readonly mode: ModeNumber; readonly by: 'genesis' | 'vote' }
  | { readonly kind: 'cycle' }

/** Kept in the state from epoch to epoch; small integers all. */
export interface PolicyMemory {
  /** Decided last, and announced: in force two epochs later, or with the next checkpoint. */
  readonly mode: ModeNumber
  /** Where the last switch leads: it may be two steps away. */
  readonly heading: ModeNumber
  /** What the last epochs asked for, and how many did in a row. */
  readonly candidate: ModeNumber
  readonly agreeing: number
  /** Whole epochs that have run in `mode`. */
  readonly epochsInMode: number
}

export interface ModeDecision {
  readonly memory: PolicyMemory
  /** The mode to announce; equals `memory.mode`. */
  readonly target: ModeNumber
  /** One sentence for people. */
  readonly reason: string
}

export function initialPolicyMemory(mode: ModeNumber): PolicyMemory {
  return { mode, heading: mode, candidate: mode, agreeing: 0, epochsInMode: 0 }
}

/** The published rule, its thresholds moved in favour of where the chain is heading. */
function askedMode(metrics: NetworkMetrics, heading: ModeNumber, policy: PolicyRules): ModeNumber {
  const { enter } = policy
  // The rule compares strictly: one basis point further is "at most" and "at least".
  const favoured =
    heading === 0
      ? {
          ...enter,
          loadLow: policy.fastLeaveLoad + 1,
          uptimeHigh: policy.fastLeaveUptime - 1,
        }
      : heading === 2
        ? {
            ...enter,
            loadHigh: policy.secureLeaveLoad - 1,
            stakeHigh: policy.secureLeaveStake - 1,
          }
        : enter
  return MODE_NAMES.indexOf(determineMode(metrics, favoured)) as ModeNumber
}

/**
 * The decision at the end of an epoch. `metrics` are those of the epoch; `inForce` is the mode it
 * ran in, which lags behind `memory.mode` while a switch waits for its epoch or its checkpoint.
 */
export function decideMode(
  memory: PolicyMemory,
  metrics: NetworkMetrics,
  inForce: ModeNumber,
  policy: PolicyRules = POLICY_RULES_DEFAULT,
  control: ModeControl = { kind: 'auto' },
): ModeDecision {
  for (const share of [metrics.utilization, metrics.authorityUptime, metrics.stakeRatio]) {
    const isShare = Number.isSafeInteger(share) && share >= 0 && share <= 10_000
    assert(isShare, 'a measurement is in basis points')
  }
  const asked = askedMode(metrics, memory.heading, policy)
  const seen: PolicyMemory = {
    ...memory,
    candidate: asked,
    agreeing: asked === memory.candidate ? memory.agreeing + 1 : 1,
    epochsInMode: inForce === memory.mode ? memory.epochsInMode + 1 : 0,
  }
  if (control.kind === 'pinned') {
    return decided(switchTo(seen, control.mode, control.mode), `pinned by ${control.by}`)
  }
  if (control.kind === 'cycle') {
    const next = ((seen.mode + 1) % 3) as ModeNumber
    return decided(switchTo(seen, next, next), 'cycle: each epoch the next mode')
  }
  const { next, why } = follow(seen, inForce, policy)
  const { utilization, authorityUptime, stakeRatio } = metrics
  const numbers = [
    `load ${percent(utilization)}`,
    `uptime ${percent(authorityUptime)}`,
    `stake ${percent(stakeRatio)}`,
  ].join(', ')
  return decided(next, `auto: ${numbers} -> ${MODE_NAMES[asked]}; ${why}`)
}

function follow(seen: PolicyMemory, inForce: ModeNumber, policy: PolicyRules) {
  const { mode, candidate, agreeing, epochsInMode } = seen
  const { agreeEpochs, dwellEpochs } = policy
  if (agreeing < agreeEpochs) {
    return { next: seen, why: `${agreeing} of ${agreeEpochs} epochs agree` }
  }
  // Having arrived: whoever wants to go on must again show what it takes to enter.
  if (candidate === mode) return { next: { ...seen, heading: mode }, why: 'as decided' }
  // A switch that waits holds back the next one; otherwise whoever can delay a checkpoint could
  // let two switches act in a row.
  if (inForce !== mode) {
    return { next: seen, why: `the switch to ${MODE_NAMES[mode]} does not act yet` }
  }
  if (epochsInMode < dwellEpochs) {
    const why = `${epochsInMode} of ${dwellEpochs} epochs in ${MODE_NAMES[mode]} are over`
    return { next: seen, why }
  }
  const step = (candidate > mode ? mode + 1 : mode - 1) as ModeNumber
  return {
    next: switchTo(seen, step, candidate),
    why: `switches from ${MODE_NAMES[mode]} to ${MODE_NAMES[step]}`,
  }
}

function switchTo(seen: PolicyMemory, mode: ModeNumber, heading: ModeNumber): PolicyMemory {
  if (mode === seen.mode) return { ...seen, heading }
  return { mode, heading, candidate: heading, agreeing: 0, epochsInMode: 0 }
}

function decided(memory: PolicyMemory, reason: string): ModeDecision {
  return { memory, target: memory.mode, reason }
}

/** Basis points as a percentage with one digit, cut: what is shown never looks like more. */
function percent(share: number): string {
  return `${Math.floor(share / 100)}.${Math.floor((share % 100) / 10)} %`
}
