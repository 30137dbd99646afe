// What the scenarios of rollup and shards have in common: who lies, and counts of what happened.

import type { Prng } from '../../../lib/prng.ts'
import { type Lie, ToldLies } from './lies.ts'
import type { Liar } from './rollup-cluster.ts'
import { NODES } from './rollup-nodes.ts'

/** Of seeds without a plant. */
const LIARS = 0.5

interface Drawn {
  readonly liar: Liar | undefined
  readonly told: ToldLies
  /** All nodes but the liar. */
  readonly honest: readonly string[]
}

/** With a plant nobody lies, but for the lie that the plant needs. */
export function drawLiar(
  random: Prng,
  lies: readonly Lie[],
  plant: string | undefined,
  forced?: Lie,
): Drawn {
  const drawn = random.chance(LIARS) ? lies[random.below(lies.length)] : undefined
  const lie = forced ?? (plant ? undefined : drawn)
  const index = random.below(NODES.length)
  const told = new ToldLies(lie)
  const honest = NODES.filter((_, i) => lie === undefined || i !== index)
  return { liar: lie && { index, lie, told }, told, honest }
}

/** For the sum over a sweep, so that it shows what it was a sweep of. */
export function happened(marks: Readonly<Record<string, number>>): Record<string, number> {
  const sum = (...starts: readonly string[]) =>
    Object.entries(marks)
      .filter(([name]) => starts.some((start) => name.startsWith(start)))
      .reduce((total, [, count]) => total + count, 0)
  return {
    crashes: sum('fault-crash'),
    faults: sum('fault-'),
    lies: sum('lied-'),
    refused: sum('refused-'),
    absentees: sum('rollup-absentees', 'rollup-not-cosigned'),
    answeredTwice: sum('answered-twice'),
    answeredLate: sum('rollup-cosign-late'),
  }
}
