// The rules that the study compares: the published one alone in two readings and on our capacity,
// and the policy that the chain follows.

import { determineMode, type NetworkMetrics } from '../../protocol/consensus/determine-mode.ts'
import { MODE_NAMES, type ModeNumber } from '../../protocol/consensus/validator-set.ts'
import {
  decideMode,
  initialPolicyMemory,
  POLICY_RULES_DEFAULT,
  type PolicyMemory,
} from '../../protocol/epoch/mode-policy.ts'
import { ModePipeline } from './mode-pipeline.ts'

export interface Contestant {
  /** In force now. */
  readonly mode: ModeNumber
  /** What a chain serves in an epoch, 1 being FAST. */
  capacity(): number
  /** What served load is compared with. */
  reference(): number
  endEpoch(metrics: NetworkMetrics, certified: boolean): void
  /** What an attacker reads in the state. */
  readonly memory?: PolicyMemory
}

/** As documented: 50,000, 20,000 and 10,000 transactions a second. */
const DOCUMENTED = [1, 0.4, 0.2] as const
const EQUAL = [1, 1, 1] as const

class PublishedRule implements Contestant {
  mode: ModeNumber
  private readonly capacities: readonly [number, number, number]
  private readonly relative: boolean

  constructor(mode: ModeNumber, capacities: typeof DOCUMENTED | typeof EQUAL, relative: boolean) {
    this.mode = mode
    this.capacities = capacities
    this.relative = relative
  }

  capacity(): number {
    return this.capacities[this.mode]
  }

  reference(): number {
    return this.relative ? this.capacity() : 1
  }

  endEpoch(metrics: NetworkMetrics): void {
    this.mode = MODE_NAMES.indexOf(determineMode(metrics)) as ModeNumber
  }
}

class Policy implements Contestant {
  memory: PolicyMemory
  private readonly pipeline: ModePipeline

  constructor(mode: ModeNumber) {
    this.memory = initialPolicyMemory(mode)
    this.pipeline = new ModePipeline(mode)
  }

  get mode(): ModeNumber {
    return this.pipeline.inForce
  }

  capacity(): number {
    return 1
  }

  reference(): number {
    return 1
  }

  endEpoch(metrics: NetworkMetrics, certified: boolean): void {
    const decision = decideMode(this.memory, metrics, this.mode, POLICY_RULES_DEFAULT)
    this.memory = decision.memory
    this.pipeline.endEpoch(decision.target, certified)
  }
}

/** In the order of the page's columns. */
export const CONTESTANTS = {
  own: (mode: ModeNumber): Contestant => new PublishedRule(mode, DOCUMENTED, true),
  fixed: (mode: ModeNumber): Contestant => new PublishedRule(mode, DOCUMENTED, false),
  equal: (mode: ModeNumber): Contestant => new PublishedRule(mode, EQUAL, false),
  policy: (mode: ModeNumber): Contestant => new Policy(mode),
} as const

export type ContestantName = keyof typeof CONTESTANTS
export const CONTESTANT_NAMES = Object.keys(CONTESTANTS) as ContestantName[]
