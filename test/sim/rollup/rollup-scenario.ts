// The rollup under faults and liars: a safety phase in which anything goes, then all is healed, and
// batches must be made, ordered and executed alike everywhere.

import { type Prng, prng } from '../../../lib/prng.ts'
import { drawSchedule } from '../../../runtime/sim/draw-schedule.ts'
import { type ScheduledFault, startSchedule } from '../../../runtime/sim/fault-schedule.ts'
import type { World } from '../../../runtime/sim/world.ts'
import type { Scenario, SeedOptions, Verdict } from '../scenario.ts'
import { drawFaults, heal } from '../swarm.ts'
import type { Lie } from './liar-shard.ts'
import { PLANTS } from './planted-shards.ts'
import { RollupChecker } from './rollup-checker.ts'
import { NODES, startRollup } from './rollup-cluster.ts'
import type { Habit } from './sender-group.ts'

export const SAFETY_MS = 6000
const LIVENESS_MS = 8000
const CHECK_EVERY_MS = 1000
/** Final claims that must come after healing. */
const PROGRESS_CLAIMS = 3

const HABITS: readonly Habit[] = ['late', 'twice', 'never', 'silent', 'forging', 'partly']
const LIES: readonly Lie[] = [
  'wrong-root',
  'wrong-trace',
  'bad-aggregate',
  'withheld',
  'equivocate',
]

/** One group is always honest, so that something must become final. */
function drawHabits(random: Prng): Habit[] {
  const draw = () => (random.chance(0.5) ? 'honest' : HABITS[random.below(HABITS.length)]) as Habit
  return ['honest', draw(), draw(), draw()]
}

function drawRollupSchedule(seed: number): ScheduledFault[] {
  return drawSchedule(prng(`rollup-schedule/${seed}`), {
    nodes: [...NODES],
    untilMs: SAFETY_MS,
    everyMs: 900,
    longestMs: 2500,
    kinds: ['crash', 'crash', 'isolate', 'pause', 'cut', 'disconnect', 'fill-disk', 'stall-disk'],
    clockStepMs: 100,
    clockDrift: 0.01,
  })
}

function phases(world: World, checker: RollupChecker, safetyOnly: boolean): string[] {
  const phase = (ms: number) => {
    for (let at = 0; at < ms && checker.violations.length === 0; at += CHECK_EVERY_MS) {
      world.runFor(CHECK_EVERY_MS)
      checker.check()
    }
  }
  phase(SAFETY_MS)
  if (safetyOnly) return []
  heal(world)
  const before = checker.height
  phase(LIVENESS_MS)
  const numbers = checker.honest.map((node) => checker.numberOf(node))
  if (Math.min(...numbers) >= before + PROGRESS_CLAIMS) return []
  return [`progress: final claims ${numbers.join(', ')} after healing at ${before}`]
}

function run(seed: number, options: SeedOptions = {}): Verdict {
  const random = prng(`rollup/${seed}`)
  const faults = drawFaults(random)
  const lying = random.split('lie')
  const drawn = lying.chance(0.5) ? LIES[lying.below(LIES.length)] : undefined
  // Only a claim whose batch is nowhere shows that nobody looked for it.
  const lie = options.plant === 'vote-unheld' ? 'withheld' : options.plant ? undefined : drawn
  const habits = drawHabits(random.split('habits'))
  const { world, log } = startRollup(`rollup-world/${seed}`, faults, { ...options, lie, habits })
  const checker = new RollupChecker(world, log, lie ? NODES.slice(1) : NODES)
  startSchedule(world, options.schedule ?? drawRollupSchedule(seed))
  const violations: string[] = []
  try {
    const lacks = phases(world, checker, options.safetyOnly === true)
    checker.checkEnd()
    if (checker.violations.length === 0) violations.push(...lacks)
  } catch (error) {
    violations.push(`crash: ${(error as Error).stack?.split('\n').slice(0, 4).join(' | ')}`)
  }
  violations.push(...checker.violations.slice(0, 5))
  const trace = [
    world.timeline.steps,
    world.trace.value.toString(16),
    world.random.below(2 ** 32),
    checker.digest(),
  ].join('/')
  const marks = Object.fromEntries(world.marks)
  const done = { claims: checker.height, transfers: log.final.size }
  return { seed, violations, marks, trace, done }
}

export const rollupScenario: Scenario = {
  name: 'rollup',
  plants: PLANTS,
  requiredMarks: [
    'shard-restarted',
    'shard-checkpoint',
    'shard-restored',
    'shard-fetch',
    'shard-switched',
    'shard-undone',
    'rollup-superseded',
    'rollup-sealed-again',
    'rollup-absentees',
    'rollup-not-cosigned',
    'rollup-bad-signature',
    'shard-checked-ahead',
    'rollup-cosign-late',
    'liar-lied',
  ],
  seedsForMarks: 60,
  schedule: drawRollupSchedule,
  run,
}
