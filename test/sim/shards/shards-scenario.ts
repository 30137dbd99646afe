// K shards under faults: a phase in which anything goes, then all is healed; batches of all shards
// must be made and ordered, and what was sent from one to another must arrive, once.

import { type Prng, prng } from '../../../lib/prng.ts'
import { ROLLUP_CHALLENGE_SECONDS } from '../../../protocol/params.ts'
import { drawSchedule } from '../../../runtime/sim/draw-schedule.ts'
import { type ScheduledFault, startSchedule } from '../../../runtime/sim/fault-schedule.ts'
import type { World } from '../../../runtime/sim/world.ts'
import { NODES } from '../rollup/rollup-cluster.ts'
import type { Scenario, SeedOptions, Verdict } from '../scenario.ts'
import { drawFaults, heal } from '../swarm.ts'
import { PARCEL_PLANTS, withPlanted } from './planted-parcels.ts'
import { shardsChain } from './shards-chain.ts'
import { ShardsChecker } from './shards-checker.ts'
import { startShardsWorld } from './shards-cluster.ts'

const SAFETY_MS = 6000
/** What was stated before the healing settles, and has so long to arrive. */
const ARRIVE_MS = 5000
const LIVENESS_MS = 1000 * ROLLUP_CHALLENGE_SECONDS + ARRIVE_MS
const CHECK_EVERY_MS = 1000
/** Final claims of each shard that must come after healing. */
const PROGRESS_CLAIMS = 3

function drawShardsSchedule(seed: number): ScheduledFault[] {
  return drawSchedule(prng(`shards-schedule/${seed}`), {
    nodes: [...NODES],
    untilMs: SAFETY_MS,
    everyMs: 900,
    longestMs: 2500,
    kinds: ['crash', 'crash', 'isolate', 'pause', 'cut', 'disconnect', 'fill-disk', 'stall-disk'],
    clockStepMs: 100,
    clockDrift: 0.01,
  })
}

function phases(world: World, checker: ShardsChecker, safetyOnly: boolean): string[] {
  const phase = (ms: number) => {
    for (let at = 0; at < ms && checker.violations.length === 0; at += CHECK_EVERY_MS) {
      world.runFor(CHECK_EVERY_MS)
      checker.check()
    }
  }
  phase(SAFETY_MS)
  if (safetyOnly) return []
  heal(world)
  const before = checker.claims.map((list) => list.length)
  phase(LIVENESS_MS)
  const lacks: string[] = []
  for (const [shard, count] of before.entries()) {
    const numbers = NODES.map((node) => checker.numbersOf(node)[shard] as number)
    if (Math.min(...numbers) >= count + PROGRESS_CLAIMS) continue
    lacks.push(`progress: shard ${shard} has claims ${numbers.join(', ')}, after ${count}`)
  }
  const due = checker.lastMs - 1000 * ROLLUP_CHALLENGE_SECONDS - ARRIVE_MS
  for (const key of checker.model.waitingSince(due)) lacks.push(`arrival: parcel ${key} waits`)
  return lacks
}

function shardsOf(random: Prng): number {
  return 2 + random.below(3)
}

function run(seed: number, options: SeedOptions = {}): Verdict {
  const random = prng(`shards/${seed}`)
  const faults = drawFaults(random)
  const chain = shardsChain(shardsOf(random.split('shards')))
  const senders = random.split('senders')
  const started = { ...options, chain, random: senders }
  const { world, log } = startShardsWorld(`shards-world/${seed}`, faults, started)
  const checker = new ShardsChecker(world, log, chain)
  startSchedule(world, options.schedule ?? drawShardsSchedule(seed))
  const violations: string[] = []
  try {
    const plant = PARCEL_PLANTS.find((one) => one === options.plant)
    const lacks = withPlanted(plant, () => phases(world, checker, options.safetyOnly === true))
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
  const claims = checker.claims.reduce((sum, list) => sum + list.length, 0)
  const { consumed } = checker.model
  const done = { shards: chain.rollup.shards, claims, transfers: log.final.size, consumed }
  return { seed, violations, marks, trace, done }
}

export const shardsScenario: Scenario = {
  name: 'shards',
  plants: PARCEL_PLANTS,
  requiredMarks: [
    'shard-restarted',
    'shard-undone',
    'shard-parcel-sent',
    'shard-parcel-consumed',
    'rollup-absentees',
  ],
  seedsForMarks: 20,
  schedule: drawShardsSchedule,
  run,
}
