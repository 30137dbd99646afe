// One seed from start to verdict: a safety phase in which anything goes, then all faults end, and
// the cluster must make progress and agree.

import { prng } from '../../lib/prng.ts'
import type { LogLine } from '../../runtime/ports.ts'
import { ChainChecker } from './checkers/chain-checker.ts'
import { VoteChecker } from './checkers/vote-checker.ts'
import { doubleVote } from './planted-bug.ts'
import { NODES, startCluster } from './sim-cluster.ts'
import { drawFaults, heal, startDisturbances } from './swarm.ts'

export interface SeedResult {
  readonly seed: number
  /** `checker: what`, empty when all is well. */
  readonly violations: readonly string[]
  readonly marks: Readonly<Record<string, number>>
  /** Equal for two runs of the same seed, or something is not deterministic. */
  readonly trace: string
  readonly height: number
  readonly jobs: number
}

export interface SeedOptions {
  readonly plant?: 'double-vote'
  readonly onLog?: (line: LogLine, atMs: number) => void
}

const SAFETY_MS = 8000
const LIVENESS_MS = 12_000
const CHECK_EVERY_MS = 1000
/** Final blocks that must come after healing. */
const PROGRESS_BLOCKS = 4

export function runSeed(seed: number, options: SeedOptions = {}): SeedResult {
  const random = prng(`swarm/${seed}`)
  const { world, seen } = startCluster(`world/${seed}`, drawFaults(random), options.onLog)
  const votes = new VoteChecker()
  const chain = new ChainChecker(world)
  const planted = options.plant === 'double-vote' ? doubleVote : () => []
  world.network.tap = (from, to, frame) => {
    votes.see(frame)
    const extra = planted(from, to, frame)
    for (const one of extra) votes.see(one)
    return extra
  }
  const violations: string[] = []
  startDisturbances(world, random.split('disturbances'), SAFETY_MS)
  const phase = (ms: number) => {
    for (let at = 0; at < ms && chain.violations.length === 0; at += CHECK_EVERY_MS) {
      world.runFor(CHECK_EVERY_MS)
      chain.check()
    }
  }
  try {
    phase(SAFETY_MS)
    heal(world)
    const before = Math.max(...NODES.map((node) => chain.height(node)))
    phase(LIVENESS_MS)
    const heights = NODES.map((node) => chain.height(node))
    if (Math.min(...heights) < before + PROGRESS_BLOCKS) {
      violations.push(`progress: heights ${heights.join(', ')} after healing at ${before}`)
    }
    chain.checkEnd(seen.finalTransfers)
  } catch (error) {
    violations.push(`crash: ${(error as Error).stack?.split('\n').slice(0, 3).join(' | ')}`)
  }
  violations.push(...chain.violations, ...votes.violations.slice(0, 5))
  const trace = [
    world.timeline.steps,
    world.trace.value.toString(16),
    world.random.below(2 ** 32),
    chain.digest(),
  ].join('/')
  const height = Math.max(...NODES.map((node) => chain.height(node)))
  const marks = Object.fromEntries(world.marks)
  return { seed, violations, marks, trace, height, jobs: seen.endedJobs.size }
}
