// What paying for jobs took and cost, of scenarios that do: out of the rounds' counts and times,
// and of the processor time that the same rounds took with jobs and without.

import { HdrHistogram } from './hdr-histogram.ts'

const HOUR_US = 3600 * 1e6

/** Every job is one of paid, returned, failed and expired. */
export interface JobCounts {
  readonly offered: number
  /** To the provider. */
  readonly paid: number
  /** Left until the deadline, and given back after it. */
  readonly returned: number
  readonly failed: number
  /** Not over by the end. */
  readonly expired: number
  /** Paid or given back before the schedule's end: what its processor time was for. */
  readonly inSchedule: number
  readonly refusals: Readonly<Record<string, number>>
}

export const JOB_TIMES = ['lock', 'settle', 'job', 'lag'] as const
export type JobTime = (typeof JOB_TIMES)[number]

/**
 * Microseconds. `lock`: from the intended time of a job until its lock is final; `settle`: from
 * there until the provider is paid; `job`: both together; `lag`: how late the generator was.
 */
export type JobTimes<H> = Readonly<Record<JobTime, H>>

export interface JobOutcome extends JobCounts {
  readonly times: JobTimes<HdrHistogram>
  /** Of all but the generators, while the schedule lasted, and just as long without jobs. */
  readonly cpuMs: number
  readonly cpuMsWithout: number
}

type Percentiles = Readonly<Record<'p50' | 'p90' | 'p99' | 'max', number | null>>

export interface JobFigures extends Omit<JobCounts, 'inSchedule' | 'refusals'> {
  readonly offered_per_s: number
  readonly lock_ms: Percentiles
  readonly settle_ms: Percentiles
  readonly job_ms: Percentiles
  readonly lag_ms: Percentiles
  /** Of one core, all nodes together, by round; what the jobs add, divided by their number. */
  readonly cpu_us_per_job: readonly number[]
  /** The median of these. */
  readonly cpu_us: number
  /** US dollars, as stated. */
  readonly core_hour_usd: number
  readonly usd_per_job: number
  readonly refusals: Readonly<Record<string, number>>
}

export function usdOf(cpuUs: number, coreHourUsd: number): number {
  return (cpuUs / HOUR_US) * coreHourUsd
}

const tenth = (value: number) => Math.round(value * 10) / 10

function percentilesOf(histogram: HdrHistogram): Percentiles {
  if (histogram.count === 0) return { p50: null, p90: null, p99: null, max: null }
  const at = (share: number) => tenth(histogram.percentile(share) / 1000)
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: tenth(histogram.max / 1000) }
}

/** Microseconds of one core for each job; NaN where none was over in time. */
export function cpuUsPerJob({ cpuMs, cpuMsWithout, inSchedule }: JobOutcome): number {
  return inSchedule === 0 ? Number.NaN : ((cpuMs - cpuMsWithout) * 1000) / inSchedule
}

/** Undefined where no round had jobs. Throws when a round's jobs do not add up. */
export function jobFigures(
  rounds: readonly JobOutcome[],
  seconds: number,
  coreHourUsd: number,
): JobFigures | undefined {
  if (rounds.length === 0) return undefined
  const sum = (of: (round: JobOutcome) => number) => rounds.reduce((all, one) => all + of(one), 0)
  for (const { offered, paid, returned, failed, expired } of rounds) {
    if (paid + returned + failed + expired === offered) continue
    throw new Error(`${paid} + ${returned} + ${failed} + ${expired} are not the ${offered} jobs`)
  }
  const timeOf = (name: JobTime) => {
    const all = new HdrHistogram()
    for (const { times } of rounds) all.add(times[name])
    return percentilesOf(all)
  }
  const costs = rounds.map(cpuUsPerJob)
  const sorted = [...costs].sort((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]] as [number, number]
  const cpuUs = (low + high) / 2
  const refusals: Record<string, number> = {}
  for (const round of rounds) {
    for (const [why, times] of Object.entries(round.refusals)) {
      refusals[why] = (refusals[why] ?? 0) + times
    }
  }
  const offered = sum((round) => round.offered)
  return {
    offered_per_s: tenth(offered / seconds),
    offered,
    paid: sum(({ paid }) => paid),
    returned: sum(({ returned }) => returned),
    failed: sum(({ failed }) => failed),
    expired: sum(({ expired }) => expired),
    lock_ms: timeOf('lock'),
    settle_ms: timeOf('settle'),
    job_ms: timeOf('job'),
    lag_ms: timeOf('lag'),
    cpu_us_per_job: costs.map(tenth),
    cpu_us: tenth(cpuUs),
    core_hour_usd: coreHourUsd,
    usd_per_job: Number(usdOf(cpuUs, coreHourUsd).toPrecision(3)),
    refusals,
  }
}

/** For people. */
export function jobLines(jobs: JobFigures): string[] {
  const { paid, returned, failed, expired, offered, job_ms: job, lock_ms: lock } = jobs
  const cents = Number((100 * jobs.usd_per_job).toPrecision(3))
  return [
    `${offered} jobs, ${jobs.offered_per_s} a second: ${paid} paid, ${returned} given back, ${failed} failed, ${expired} expired`,
    `a job from its intended time: locked p50 ${lock.p50}, p99 ${lock.p99} ms; paid p50 ${job.p50}, p90 ${job.p90}, p99 ${job.p99}, max ${job.max} ms`,
    `paying for a job: ${jobs.cpu_us} µs of processor time on all nodes together; at ${jobs.core_hour_usd} USD a core hour ${cents} cents`,
  ]
}
