// The whole cluster, the very actors of production: a safety phase in which anything goes, then a
// quorum is healed, and it must make progress and agree.

import { prng } from '../../lib/prng.ts'
import { type ScheduledFault, startSchedule } from '../../runtime/sim/fault-schedule.ts'
import type { World } from '../../runtime/sim/world.ts'
import { ChainChecker } from './checkers/chain-checker.ts'
import { VoteChecker } from './checkers/vote-checker.ts'
import { doubleVote } from './planted-bug.ts'
import type { Scenario, SeedOptions, Verdict } from './scenario.ts'
import { NODES, startCluster } from './sim-cluster.ts'
import { drawClusterSchedule, drawFaults, heal } from './swarm.ts'

export const SAFETY_MS = 8000
const LIVENESS_MS = 12_000
const CHECK_EVERY_MS = 1000
/** Final blocks that must come after healing. */
const PROGRESS_BLOCKS = 4
/** In this share of the seeds one validator stays down for good. */
const LEFT_DOWN = 0.2

interface Phases {
  readonly world: World
  readonly chain: ChainChecker
  readonly votes: VoteChecker
  readonly leftDown: readonly string[]
}

/** Runs both phases; returns what liveness lacked. */
function runPhases(phases: Phases, safetyOnly: boolean): string[] {
  const { world, chain, votes, leftDown } = phases
  const { violations } = votes
  const phase = (ms: number) => {
    for (
      let at = 0;
      at < ms && violations.length + chain.violations.length === 0;
      at += CHECK_EVERY_MS
    ) {
      world.runFor(CHECK_EVERY_MS)
      chain.check()
    }
  }
  phase(SAFETY_MS)
  if (safetyOnly) return []
  for (const node of leftDown) world.crash(node)
  heal(world, leftDown)
  const core = NODES.filter((node) => !leftDown.includes(node))
  const before = Math.max(...NODES.map((node) => chain.height(node)))
  phase(LIVENESS_MS)
  const heights = core.map((node) => chain.height(node))
  if (Math.min(...heights) >= before + PROGRESS_BLOCKS) return []
  return [`progress: heights ${heights.join(', ')} after healing at ${before}`]
}

function run(seed: number, options: SeedOptions = {}): Verdict {
  const random = prng(`swarm/${seed}`)
  const { world, seen } = startCluster(`world/${seed}`, drawFaults(random), options)
  const votes = new VoteChecker()
  const chain = new ChainChecker(world)
  const planted = options.plant === 'double-vote' ? doubleVote : () => []
  world.sent = (from, to, message) => {
    votes.see(message)
    const extra = planted(from, to, message)
    for (const one of extra) votes.see(one)
    return extra
  }
  startSchedule(world, options.schedule ?? drawClusterSchedule(seed, SAFETY_MS))
  const left = random.split('left-down')
  const leftDown = left.chance(LEFT_DOWN) ? [NODES[left.below(NODES.length)] as string] : []
  const violations: string[] = []
  try {
    const lacks = runPhases({ world, chain, votes, leftDown }, options.safetyOnly === true)
    chain.checkEnd(seen.finalTransfers)
    chain.escrows.compare(seen.endedJobs)
    if (chain.violations.length + votes.violations.length === 0) violations.push(...lacks)
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
  const blocks = Math.max(...NODES.map((node) => chain.height(node)))
  const marks = Object.fromEntries(world.marks)
  return { seed, violations, marks, trace, done: { blocks, jobs: seen.endedJobs.size } }
}

export const clusterScenario: Scenario = {
  name: 'cluster',
  plants: ['double-vote', 'forget-sign-log'],
  requiredMarks: [
    'nullified-view',
    'catch-up',
    'restored-from-sign-log',
    'block-builder-restarted',
    'scheduler-job-completed',
    'scheduler-job-requeued',
    'scheduler-result-refused',
    'mempool-retold',
  ],
  seedsForMarks: 50,
  schedule: (seed): ScheduledFault[] => drawClusterSchedule(seed, SAFETY_MS),
  run,
}
