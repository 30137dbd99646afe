// A sequencer that goes on alone: its senders hear it and the other validators do not. They take
// over; when it hears of that, what it has sealed is not yet on its slow disk.

import { type Prng, prng } from '../../../lib/prng.ts'
import type { ScheduledFault } from '../../../runtime/sim/fault-schedule.ts'
import { firstSequencerOf } from './rollup-nodes.ts'

/** Share of the seeds. */
const DEPOSED = 1 / 6
/** Anything goes at least for so long in these seeds. */
export const DEPOSED_MS = 3000
/** How long each group waits in them before it asks another node: somebody must. */
export const RESTLESS_MS = [3000, 400, 3000, 400] as const

function drawn(random: Prng, nodes: readonly string[]): ScheduledFault[] {
  const node = firstSequencerOf(nodes)
  const to = nodes.filter((name) => name !== node)
  const atMs = 300 + random.below(200)
  const forMs = 1900 + random.below(200)
  const slowMs = 1000 + random.below(400)
  return [
    { atMs, fault: { do: 'cut', from: [node], to, bothWays: true, forMs } },
    { atMs: atMs + forMs - 800, fault: { do: 'stall-disk', node, forMs: slowMs } },
  ]
}

/** Undefined in most seeds. */
export function drawDeposed(seed: number, nodes: readonly string[]): ScheduledFault[] | undefined {
  const random = prng(`rollup-deposed/${seed}`)
  return random.chance(DEPOSED) ? drawn(random, nodes) : undefined
}
