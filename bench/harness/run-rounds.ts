// The sustained runs: in every round the raw cost, then each target in turn, so that what a shared
// machine does to one of them it does to all. Figures of a target are of all its rounds.

import { loadPlan } from './load-plan.ts'
import { measurePoint, type Point } from './measure-point.ts'
import type { BenchOptions } from './options.ts'
import { pointLine } from './point-line.ts'
import type { Progress } from './progress.ts'
import type { RawCost, Scenario, Target } from './target.ts'

/** What is not final so long after the end of a run has expired. */
const EXPIRE_MS = 10_000

export interface Contender {
  readonly target: Target
  /** Units a second at which it is loaded. */
  readonly perSecond: number
}

export interface Rounds {
  readonly raw: readonly RawCost[]
  /** By contender, in the order given. */
  readonly points: readonly (readonly Point[])[]
}

export async function runRounds(
  scenario: Scenario,
  contenders: readonly Contender[],
  options: BenchOptions,
  progress: Progress,
): Promise<Rounds> {
  const raw: RawCost[] = []
  const points: Point[][] = contenders.map(() => [])
  const seconds = options.seconds / options.rounds
  for (let round = 1; round <= options.rounds; round++) {
    if (scenario.raw) {
      const cost = await scenario.raw(options)
      progress.line(`round ${round} · raw: ${Math.round(cost.allowedPerSecond)}/s ${cost.what}`)
      raw.push(cost)
    }
    for (const [i, { target, perSecond }] of contenders.entries()) {
      const plan = loadPlan(`round ${round} at ${perSecond}`, perSecond, seconds, EXPIRE_MS)
      const point = await measurePoint(target, plan, options.p99Ms)
      progress.line(pointLine(point))
      points[i]?.push(point)
      if (!(await target.drain())) throw new Error(`${target.name}: transfers are stuck`)
    }
  }
  return { raw, points }
}
