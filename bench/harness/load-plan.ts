// The schedule of an open loop, fixed before it runs, and what became of it: what a scenario takes
// from the harness and gives back.

import { prng } from '../../lib/prng.ts'
import type { HdrHistogram } from './hdr-histogram.ts'
import type { JobOutcome } from './job-figures.ts'
import type { HeardTimes } from './timeline.ts'

export interface LoadPlan {
  /** Names the run in what is printed, and seeds its times. */
  readonly name: string
  readonly perSecond: number
  readonly seconds: number
  /** Milliseconds from the start at which to send, ascending. */
  readonly times: Float64Array
  /** From the end of the schedule; what is not final by then has expired. */
  readonly expireMs: number
}

/** Exponential gaps: no beat with the rhythm of the blocks. */
export function loadPlan(
  name: string,
  perSecond: number,
  seconds: number,
  expireMs: number,
): LoadPlan {
  let made: Float64Array | undefined
  return {
    name,
    perSecond,
    seconds,
    expireMs,
    // Only for who asks: of millions of transfers they take a gigabyte to make.
    get times() {
      made ??= exponentialTimes(name, perSecond, seconds)
      return made
    },
  }
}

function exponentialTimes(name: string, perSecond: number, seconds: number): Float64Array {
  const random = prng(name)
  const times: number[] = []
  for (let at = 0; ; times.push(at)) {
    at -= Math.log(1 - random.unit()) * (1000 / perSecond)
    if (at >= seconds * 1000) break
  }
  return Float64Array.from(times)
}

/** Microseconds from the intended times, by the second in which they were intended. */
export type LatencyBySecond = readonly HdrHistogram[]

export interface LoadOutcome {
  readonly offered: number
  readonly committed: number
  /** Refused, with an answer that said so. */
  readonly failed: number
  /** Neither final nor refused by the end. */
  readonly expired: number
  /** Of the committed ones. */
  readonly latencyUs: HdrHistogram
  readonly bySecond: LatencyBySecond
  /** Committed ones by the second in which they became final. */
  readonly finalBySecond: readonly number[]
  /** From the intended time until a batch was full; of scenarios that fill batches. */
  readonly fillUs?: HdrHistogram
  /** How late the generator itself was, whatever the system did. */
  readonly lagUs: HdrHistogram
  /** Of everything offered, as it is signed and sent. */
  readonly bytes: number
  /** First words of refusals. */
  readonly refusals: Readonly<Record<string, number>>
  /** The longest time within the schedule in which nothing became final; where it is watched. */
  readonly gapMs?: number
  /** Sent again because whoever had taken it went away. */
  readonly sentAgain?: number
  /** Of scenarios that pay for jobs besides. */
  readonly jobs?: JobOutcome
  /** Of scenarios whose transfers travel in batches. */
  readonly batches?: readonly HeardTimes[]
}

/** Throws when something was lost between offering and counting. */
export function checkSum(outcome: LoadOutcome): void {
  const { offered, committed, failed, expired } = outcome
  if (committed + failed + expired === offered && outcome.latencyUs.count === committed) return
  const sum = `${committed} committed + ${failed} failed + ${expired} expired`
  throw new Error(`${sum} are not the ${offered} offered, or not all have their time`)
}
