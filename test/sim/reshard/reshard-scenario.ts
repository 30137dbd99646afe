// The number of shards changes at the end of the first epoch, under faults before, while and after
// shards come to rest; then all is healed: the change must have happened, once, with everybody's
// money, and batches of all shards must be made and ordered under the new numbers.

import { type Prng, prng } from '../../../lib/prng.ts'
import { drawSchedule } from '../../../runtime/sim/draw-schedule.ts'
import { type ScheduledFault, startSchedule } from '../../../runtime/sim/fault-schedule.ts'
import type { World } from '../../../runtime/sim/world.ts'
import { judgeSeed } from '../rollup/judge-seed.ts'
import { NODES } from '../rollup/rollup-nodes.ts'
import type { SenderLog } from '../rollup/sender-log.ts'
import type { Scenario, SeedOptions, Verdict } from '../scenario.ts'
import { drawFaults, heal } from '../swarm.ts'
import type { Observed } from './observer.ts'
import { RESHARD_PLANTS, withPlanted } from './planted-reshard.ts'
import { reshardChain } from './reshard-chain.ts'
import { ReshardChecker } from './reshard-checker.ts'
import { startReshardWorld } from './reshard-cluster.ts'

/** Faults strike until after the first boundary; a change that they put off comes two later. */
const SAFETY_MS = 54_000
const LIVENESS_MS = 130_000
/** The first block after this ends the epoch. */
const BOUNDARY_MS = 49_000
/** Shards close after four seconds, and for so long it is seen how senders are refused. */
const REST_FROM_MS = 7000
const REST_TO_MS = 46_000
const AFTER_MS = 4000
const QUIET_MS = 3000
const CHECK_EVERY_MS = 1000
/** Final claims of each shard that must come after the change. */
const PROGRESS_CLAIMS = 2

function drawReshardSchedule(seed: number): ScheduledFault[] {
  const random = prng(`reshard-schedule/${seed}`)
  // Some seeds lose all nodes at once, near the boundary.
  const atMs = BOUNDARY_MS + random.below(2500)
  const nodes = random.chance(0.3) ? NODES : []
  const all = nodes.map((node) => ({ atMs, fault: { do: 'crash' as const, node, forMs: 500 } }))
  const others = drawSchedule(random, {
    nodes: [...NODES],
    untilMs: SAFETY_MS,
    everyMs: 4000,
    longestMs: 3000,
    kinds: ['crash', 'crash', 'isolate', 'pause', 'cut', 'disconnect', 'fill-disk', 'stall-disk'],
    clockStepMs: 100,
    clockDrift: 0.005,
  })
  return [...others, ...all].sort((a, b) => a.atMs - b.atMs)
}

function phases(
  world: World,
  log: SenderLog,
  checker: ReshardChecker,
  observed: Observed,
  options: SeedOptions,
): string[] {
  let nowMs = 0
  const phase = (ms: number, isOver: () => boolean) => {
    for (
      let at = 0;
      at < ms && checker.violations.length === 0 && !isOver();
      at += CHECK_EVERY_MS
    ) {
      nowMs += CHECK_EVERY_MS
      log.isResting = nowMs > REST_FROM_MS && nowMs < REST_TO_MS
      world.runFor(CHECK_EVERY_MS)
      checker.check()
      observed.shards = checker.model.shards
    }
  }
  phase(SAFETY_MS, () => false)
  if (options.safetyOnly === true) return []
  heal(world)
  phase(LIVENESS_MS, () => checker.isChanged)
  if (!checker.isChanged) return [`change: none after ${checker.epoch} epochs`]
  phase(AFTER_MS, () => false)
  const begins = checker.numbers
  phase(AFTER_MS, () => false)
  const { numbers } = checker
  // With nobody who sends, all nodes come to stand at the same claims.
  world.crash('senders')
  observed.isQuiet = true
  phase(QUIET_MS, () => false)
  return numbers.flatMap((number, shard) => {
    const first = begins[shard] as number
    return number >= first + PROGRESS_CLAIMS
      ? []
      : [`progress: shard ${shard} has claim ${number}, after ${first}`]
  })
}

const STEPS = [
  [1, 2],
  [2, 1],
  [2, 4],
  [4, 2],
] as const

function stepOf(random: Prng): readonly [number, number] {
  return STEPS[random.below(STEPS.length)] as readonly [number, number]
}

function run(seed: number, options: SeedOptions = {}): Verdict {
  const random = prng(`reshard/${seed}`)
  const faults = drawFaults(random)
  const chain = reshardChain(...stepOf(random.split('step')))
  const observed: Observed = {
    isQuiet: false,
    shards: chain.from,
    said: new Map(),
  }
  const started = { ...options, chain, observed, random: random.split('senders') }
  const { world, log } = startReshardWorld(`reshard-world/${seed}`, faults, started)
  const checker = new ReshardChecker(world, log, chain, observed)
  startSchedule(world, options.schedule ?? drawReshardSchedule(seed))
  const plant = RESHARD_PLANTS.find((one) => one === options.plant)
  const { violations, trace } = judgeSeed(world, checker, () =>
    withPlanted(plant, () => phases(world, log, checker, observed, options)),
  )
  const marks = Object.fromEntries(world.marks)
  const [before = 0, after = 0] = checker.claims
  const { consumed } = checker.model
  const done = { before, after, transfers: log.final.size, consumed, compared: checker.compared }
  return { seed, violations, marks, trace, done }
}

export const reshardScenario: Scenario = {
  name: 'reshard',
  plants: RESHARD_PLANTS,
  requiredMarks: ['shard-ended', 'shards-renumbered', 'shard-parcel-consumed', 'shard-closed'],
  seedsForMarks: 10,
  schedule: drawReshardSchedule,
  run,
}
