// The rollup under faults and liars: a safety phase in which anything goes, then all is healed, and
// batches must be made, ordered and executed alike everywhere.

import { type Prng, prng } from '../../../lib/prng.ts'
import { drawSchedule } from '../../../runtime/sim/draw-schedule.ts'
import { type ScheduledFault, startSchedule } from '../../../runtime/sim/fault-schedule.ts'
import type { World } from '../../../runtime/sim/world.ts'
import type { Scenario, SeedOptions, Verdict } from '../scenario.ts'
import { drawFaults, heal } from '../swarm.ts'
import { runUntil } from './course.ts'
import { DEPOSED_MS, drawDeposed, RESTLESS_MS } from './deposed.ts'
import { drawLiars, happened } from './drawn.ts'
import { judgeSeed } from './judge-seed.ts'
import { LIES, type Lie } from './lies.ts'
import { SEALED_PLANTS, withSealedPlant } from './planted-sealed.ts'
import { SHARD_PLANTS } from './planted-shards.ts'
import { RollupChecker } from './rollup-checker.ts'
import { startRollup } from './rollup-cluster.ts'
import { firstSequencerOf, NODES, nodesOf } from './rollup-nodes.ts'
import { HABITS, type Habit } from './sender-group.ts'
import type { SenderLog } from './sender-log.ts'

/** conspiracy: three of the four lie together, one more than what consensus bears. */
export const ROLLUP_PLANTS = [...SHARD_PLANTS, ...SEALED_PLANTS, 'conspiracy'] as const

/**
 * Only a claim whose batch is nowhere shows that nobody looked for it; only a sequencer whose
 * claims nobody takes always has batches below another's final one.
 */
const NEEDS: Readonly<Record<string, Lie>> = {
  'vote-unheld': 'withheld',
  'final-below': 'wrong-root',
  conspiracy: 'wrong-root',
}

/** In these seeds there are seven nodes, and as many lie together as consensus bears. */
const LARGE = 1 / 10
const LARGE_NODES = nodesOf(7)

/** Most seeds are short, so that there are many; one in 16 goes through epochs. */
const SHORT_MS = 1500
const LONG_MS = 7000
/** Nothing may be final yet when all is healed, and time-outs may have grown. */
const LIVENESS_MS = 20_000
/** Time for what was submitted to become final everywhere, so that all states can be compared. */
const REST_MS = 1500
/** Final claims that must come after healing. */
const PROGRESS_CLAIMS = 3

/** One group is always honest, so that something must become final. */
function drawHabits(random: Prng): Habit[] {
  const draw = () => (random.chance(0.5) ? 'honest' : HABITS[random.below(HABITS.length)]) as Habit
  return ['honest', draw(), draw(), draw()]
}

const nodesIn = (seed: number) => (prng(`rollup-size/${seed}`).chance(LARGE) ? LARGE_NODES : NODES)

function drawSafetyMs(seed: number): number {
  const random = prng(`rollup-length/${seed}`)
  const drawnMs = random.chance(1 / 16) ? LONG_MS : SHORT_MS + random.below(SHORT_MS)
  return drawDeposed(seed, nodesIn(seed)) ? Math.max(drawnMs, DEPOSED_MS) : drawnMs
}

function drawRollupSchedule(seed: number): ScheduledFault[] {
  const nodes = nodesIn(seed)
  const others = drawSchedule(prng(`rollup-schedule/${seed}`), {
    nodes: [...nodes],
    untilMs: drawSafetyMs(seed),
    everyMs: 600,
    longestMs: 2000,
    kinds: ['crash', 'crash', 'isolate', 'pause', 'cut', 'disconnect', 'fill-disk', 'stall-disk'],
    clockStepMs: 100,
    clockDrift: 0.01,
  })
  return [...(drawDeposed(seed, nodes) ?? []), ...others].sort((a, b) => a.atMs - b.atMs)
}

function phases(
  { world, log }: { world: World; log: SenderLog },
  checker: RollupChecker,
  safetyMs: number,
  safetyOnly: boolean,
): string[] {
  runUntil(world, checker, safetyMs)
  if (safetyOnly) return []
  heal(world)
  const before = checker.height
  const numbers = () => checker.honest.map((node) => checker.numberOf(node))
  const least = () => Math.min(...numbers())
  const isDone = () => least() >= before + PROGRESS_CLAIMS
  if (!runUntil(world, checker, LIVENESS_MS, isDone)) {
    return [`progress: final claims ${numbers().join(', ')} after healing at ${before}`]
  }
  log.isResting = true
  runUntil(world, checker, REST_MS)
  return []
}

function liarsOf({ length }: readonly string[], plant: string | undefined): number {
  const most = Math.floor((length - 1) / 3)
  return plant === 'conspiracy' ? length - most : most
}

function run(seed: number, options: SeedOptions = {}): Verdict {
  const random = prng(`rollup/${seed}`)
  const faults = drawFaults(random)
  const { plant } = options
  const nodes = nodesIn(seed)
  const { liars, told, honest } = drawLiars(random.split('lie'), {
    lies: LIES,
    nodes,
    count: liarsOf(nodes, plant),
    first: nodes.indexOf(firstSequencerOf(nodes)),
    plant,
    forced: NEEDS[plant ?? ''],
  })
  const habits = drawHabits(random.split('habits'))
  const patiences = drawDeposed(seed, nodes) ? RESTLESS_MS : []
  const setting = { ...options, liars, nodes, habits, patiences }
  const started = startRollup(`rollup-world/${seed}`, faults, setting)
  const { world, log } = started
  // What a quorum of liars orders is final on their disks: nobody honest follows them there.
  const read = plant === 'conspiracy' ? nodes : honest
  const checker = new RollupChecker(world, log, told, read)
  startSchedule(world, options.schedule ?? drawRollupSchedule(seed))
  const sealed = SEALED_PLANTS.find((one) => one === plant)
  const isShort = options.safetyOnly === true
  const { violations, trace } = judgeSeed(world, checker, () =>
    withSealedPlant(sealed, () => phases(started, checker, drawSafetyMs(seed), isShort)),
  )
  const marks = { ...Object.fromEntries(world.marks), ...told.refused([checker.hashes]) }
  const { height: claims, compared } = checker
  const done = { claims, transfers: log.final.size, compared, ...happened(marks) }
  return { seed, violations, marks, trace, done }
}

export const rollupScenario: Scenario = {
  name: 'rollup',
  plants: ROLLUP_PLANTS,
  requiredMarks: [
    'shard-restarted',
    'shard-checkpoint',
    'shard-restored',
    'shard-fetch',
    'shard-switched',
    'shard-undone',
    'rollup-superseded',
    'rollup-turn-passed',
    'lie-vouched',
    'rollup-sealed-again',
    'rollup-absentees',
    'rollup-not-cosigned',
    'rollup-bad-signature',
    'shard-checked-ahead',
    'rollup-cosign-late',
    'answered-twice',
    'refused-run',
    ...HABITS.map((habit) => `habit-${habit}`),
    ...LIES.flatMap((lie) => [`lied-${lie}`, `refused-${lie}`]),
  ],
  seedsForMarks: 1000,
  schedule: drawRollupSchedule,
  run,
}
