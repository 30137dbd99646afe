// What a seed draws: which faults there are, how strong, and when nodes crash, pause or part.

import type { Prng } from '../../lib/prng.ts'
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

const EVENT_EVERY_MS = 700

/** One disturbance now: at most one validator is down at a time. */
function disturb(world: World, random: Prng): void {
  const node = NODES[random.below(NODES.length)] as string
  const kind = random.below(6)
  if (kind <= 1 && NODES.every((name) => world.isUp(name))) {
    world.crash(node)
    world.timeline.after(50 + random.below(2500), () => world.start(node))
  } else if (kind === 2) {
    const other = NODES[random.below(NODES.length)] as string
    if (other === node) return
    world.network.block(node, other)
    if (random.chance(0.5)) world.network.block(other, node)
    world.timeline.after(100 + random.below(2000), () => world.network.heal())
  } else if (kind === 3) {
    for (const other of world.names()) {
      world.network.block(node, other)
      world.network.block(other, node)
    }
    world.timeline.after(100 + random.below(2000), () => world.network.heal())
  } else if (kind === 4) world.pause(node, random.below(1500))
  else {
    const edge = random.chance(0.5) ? 'market' : 'gpu'
    if (!world.isUp(edge)) return
    world.crash(edge)
    world.timeline.after(100 + random.below(3000), () => world.start(edge))
  }
}

export function startDisturbances(world: World, random: Prng, untilMs: number): void {
  const again = () => {
    if (world.timeline.now >= untilMs) return
    disturb(world, random)
    world.timeline.after(random.below(2 * EVENT_EVERY_MS), again)
  }
  world.timeline.after(random.below(EVENT_EVERY_MS), again)
}

/** The end of all faults: everything runs and everybody hears everybody. */
export function heal(world: World): void {
  world.network.heal()
  const calm = { ...NO_FAULTS.network, latencyTailMs: 2 }
  world.network.faults = calm
  world.faults = {
    ...world.faults,
    network: calm,
    disk: { ...world.faults.disk, full: 0 },
    tasks: NO_FAULTS.tasks,
    buggify: 0,
  }
  for (const name of world.names()) world.start(name)
}
