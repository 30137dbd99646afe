// Draws a schedule of faults for a seed: first which kinds of fault exist at all in it (so that
// seeds differ in character), then when, where and how long each strikes.

import type { Prng } from '../../lib/prng.ts'
import type { Fault, ScheduledFault } from './fault-schedule.ts'

export interface ScheduleShape {
  readonly nodes: readonly string[]
  readonly untilMs: number
  /** Mean time between two faults. */
  readonly everyMs: number
  readonly longestMs: number
  readonly kinds: readonly Fault['do'][]
  readonly clockStepMs: number
  readonly clockDrift: number
}

/** A kind of fault is in a seed with this probability. */
const KIND_PRESENT = 0.6

export function drawSchedule(random: Prng, shape: ScheduleShape): ScheduledFault[] {
  const present = shape.kinds.filter(() => random.chance(KIND_PRESENT))
  if (present.length === 0) return []
  const schedule: ScheduledFault[] = []
  for (let atMs = 0; ; ) {
    atMs += random.below(2 * shape.everyMs)
    if (atMs >= shape.untilMs) return schedule
    const kind = present[random.below(present.length)] as Fault['do']
    schedule.push({ atMs, fault: drawFault(random, kind, shape) })
  }
}

function drawFault(random: Prng, kind: Fault['do'], shape: ScheduleShape): Fault {
  const { nodes } = shape
  const forMs = 20 + random.below(shape.longestMs)
  const order = shuffled(random, nodes)
  const [node = '', other = ''] = order
  switch (kind) {
    case 'cut': {
      const size = 1 + random.below(Math.max(1, nodes.length - 1))
      const [from, to] = [order.slice(0, size), order.slice(size)]
      return { do: kind, from, to, bothWays: random.chance(0.5), forMs }
    }
    case 'clog':
      return { do: kind, from: node, to: other, forMs }
    case 'swizzle':
      return { do: kind, nodes: order.slice(0, 1 + random.below(nodes.length)), forMs }
    case 'disconnect':
      return { do: kind, a: node, b: other }
    case 'rot':
      return { do: kind, node, disk: 'main' }
    case 'step-clock':
      return { do: kind, node, byMs: random.below(2 * shape.clockStepMs + 1) - shape.clockStepMs }
    case 'drift-clock':
      return { do: kind, node, rate: 1 + shape.clockDrift * (2 * random.unit() - 1) }
    case 'bad-links':
      return { do: kind, rate: random.unit() / 2, forMs }
    default:
      return { do: kind, node, forMs }
  }
}

function shuffled(random: Prng, items: readonly string[]): string[] {
  const order = [...items]
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[order[i], order[j]] = [order[j] as string, order[i] as string]
  }
  return order
}
