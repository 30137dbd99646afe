// What a seed draws: which faults there are, how strong, and what goes wrong when.

import { type Prng, prng } from '../../lib/prng.ts'
import { drawSchedule } from '../../runtime/sim/draw-schedule.ts'
import type { Fault, ScheduledFault } from '../../runtime/sim/fault-schedule.ts'
import { type Faults, NO_FAULTS } from '../../runtime/sim/faults.ts'
import type { World } from '../../runtime/sim/world.ts'
import { NODES } from './sim-cluster.ts'

export function drawFaults(random: Prng): Faults {
  const sometimes = (most: number) => (random.chance(0.6) ? random.unit() * most : 0)
  return {
    network: {
      latencyMinMs: 0.5 + random.unit() * 10,
      latencyTailMs: 0.5 + random.unit() * 20,
      loss: sometimes(0.1),
      duplication: sometimes(0.1),
      reordering: sometimes(0.2),
      bytesPerMs: random.chance(0.3) ? 100 + random.below(2000) : Number.POSITIVE_INFINITY,
      capacityBytes: 20_000 + random.below(1 << 20),
      silentCrash: sometimes(0.5),
    },
    disk: {
      commitMinMs: 0.3 + random.unit() * 3,
      commitTailMs: random.unit() * 10,
      full: random.chance(0.1) ? 0.002 : 0,
    },
    tasks: {
      minMs: 0.2,
      tailMs: random.unit() * 20,
      failed: random.chance(0.2) ? random.unit() * 0.05 : 0,
      rejected: random.chance(0.2) ? random.unit() * 0.05 : 0,
      stalled: random.chance(0.2) ? random.unit() * 0.05 : 0,
    },
    clockOffsetMs: random.below(100),
    clockDrift: sometimes(0.01),
    buggify: random.chance(0.5) ? random.unit() * 0.3 : 0,
  }
}

const FAULT_EVERY_MS = 700
const FAULT_MS_MAX = 2500
/** Small enough that blocks of a clock that is ahead are still taken. */
const CLOCK_STEP_MS = 150

export function drawClusterSchedule(seed: number, untilMs: number): ScheduledFault[] {
  return drawSchedule(prng(`schedule/${seed}`), {
    nodes: [...NODES, 'market', 'gpu'],
    untilMs,
    everyMs: FAULT_EVERY_MS,
    longestMs: FAULT_MS_MAX,
    // Crashes and isolation are what the protocol is for: they come more often.
    kinds: ['crash', 'crash', 'crash', 'isolate', ...OTHER_KINDS],
    clockStepMs: CLOCK_STEP_MS,
    clockDrift: 0.01,
  })
}

const OTHER_KINDS: readonly Fault['do'][] = [
  'pause',
  'cut',
  'clog',
  'swizzle',
  'disconnect',
  'fill-disk',
  'stall-disk',
  'step-clock',
  'drift-clock',
  'bad-links',
]

/** The end of all faults: everything runs and everybody hears everybody, but for those left out. */
export function heal(world: World, leftDown: readonly string[] = []): void {
  world.network.faults = { ...NO_FAULTS.network, latencyTailMs: 2 }
  const disk = { ...world.faults.disk, full: 0 }
  world.faults = { ...world.faults, disk, tasks: NO_FAULTS.tasks, buggify: 0 }
  world.heal(leftDown)
}
