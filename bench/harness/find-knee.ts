// Steps of offered load up to the knee: half as much more at each step until one is not carried,
// then between the last two; half as much each time when already the first was too much. A point
// whose generator was late says nothing about the target: it is tried again, and if that is no
// better the search ends, and says so.

import { loadPlan } from './load-plan.ts'
import { measurePoint, type Point } from './measure-point.ts'
import type { BenchOptions } from './options.ts'
import { pointLine } from './point-line.ts'
import type { Progress } from './progress.ts'
import type { Target } from './target.ts'

const FIRST = 1000
const GROWTH = 1.5
const BETWEEN = 2
const LEAST = 50
const TRIES = 3
const STEP_SECONDS = 5
const QUICK_STEP_SECONDS = 3
/** Of a step: what is not final so long after it is too late for a knee. */
const EXPIRE_MS = 5000
const WARM_UP_SECONDS = 5

export interface Knee {
  /** Units a second of the highest step that was carried; 0 when none was. */
  readonly perSecond: number
  readonly steps: readonly Point[]
}

/** Before a rate that is given: a little of it, then all of it, so that compilers have been there. */
export async function warmUp(
  target: Target,
  perSecond: number,
  { quick }: BenchOptions,
  progress: Progress,
): Promise<void> {
  const seconds = quick ? 2 : WARM_UP_SECONDS
  for (const rate of [Math.ceil(perSecond / 10), perSecond]) {
    const plan = loadPlan(`warm-up at ${rate}`, rate, seconds, EXPIRE_MS)
    progress.line(pointLine(await measurePoint(target, plan, Number.POSITIVE_INFINITY)))
    if (!(await target.drain())) throw new Error(`${target.name}: transfers are stuck`)
  }
}

export async function findKnee(
  target: Target,
  { quick, p99Ms }: BenchOptions,
  progress: Progress,
  first = FIRST,
): Promise<Knee> {
  const seconds = quick ? QUICK_STEP_SECONDS : STEP_SECONDS
  const steps: Point[] = []
  const step = async (perSecond: number, forSeconds = seconds) => {
    const plan = loadPlan(`step ${perSecond}`, perSecond, forSeconds, EXPIRE_MS)
    const point = await measurePoint(target, plan, p99Ms)
    progress.line(pointLine(point))
    if (!(await target.drain())) throw new Error(`${target.name}: transfers are stuck`)
    return point
  }
  // Compilers and caches warm up on what does not count.
  await step(first, quick ? 2 : WARM_UP_SECONDS)
  const tried = async (perSecond: number) => {
    for (let i = 1; ; i++) {
      const point = await step(perSecond)
      if (point.invalid && i < TRIES) continue
      steps.push(point)
      return point
    }
  }
  let carried = 0
  let failed = Number.POSITIVE_INFINITY
  let perSecond = first
  while (perSecond >= LEAST && perSecond < failed) {
    const point = await tried(perSecond)
    if (point.invalid) return { perSecond: carried, steps }
    if (point.carried) carried = perSecond
    else failed = perSecond
    if (carried > 0 && failed < Number.POSITIVE_INFINITY) break
    perSecond = Math.round(point.carried ? perSecond * GROWTH : perSecond / 2)
  }
  for (let i = 0; i < BETWEEN && carried > 0 && !quick; i++) {
    const between = Math.round((carried + failed) / 2)
    const point = await tried(between)
    if (point.invalid) break
    if (point.carried) carried = between
    else failed = between
  }
  return { perSecond: carried, steps }
}
