// What the scenarios of rollup and shards have in common: who lies, and counts of what happened.

import type { Prng } from '../../../lib/prng.ts'
import { type Lie, ToldLies } from './lies.ts'
import type { Liars } from './rollup-cluster.ts'
import { NODES } from './rollup-nodes.ts'

/** Of seeds without a plant in which at most one may lie. */
const LYING = 0.5

interface Drawn {
  readonly liars: Liars | undefined
  readonly told: ToldLies
  /** All nodes but the liars. */
  readonly honest: readonly string[]
}

interface Among {
  readonly lies: readonly Lie[]
  /** The validators; four where it is not said. */
  readonly nodes?: readonly string[]
  /** How many lie together; several always do. */
  readonly count?: number
  /** Of several liars one is this node, in half of the seeds. */
  readonly first?: number
  readonly plant: string | undefined
  /** With a plant nobody lies, but for the lie that the plant needs. */
  readonly forced?: Lie | undefined
}

export function drawLiars(random: Prng, among: Among): Drawn {
  const { lies, nodes = NODES, count = 1, plant, forced } = among
  const isLying = random.chance(LYING) || count > 1
  const drawn = isLying ? lies[random.below(lies.length)] : undefined
  const lie = forced ?? (plant ? undefined : drawn)
  const drawnFirst = random.below(nodes.length)
  const first = count > 1 && random.chance(0.5) ? (among.first ?? drawnFirst) : drawnFirst
  const step = count === 2 ? 1 + random.below(nodes.length - 1) : 1
  const indices = Array.from({ length: count }, (_, i) => (first + i * step) % nodes.length)
  const told = new ToldLies(lie)
  const honest = nodes.filter((_, i) => lie === undefined || !indices.includes(i))
  return { liars: lie && { indices, lie, told }, told, honest }
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
