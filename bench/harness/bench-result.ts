// The document of a bench: the fields that checks read, in the form that they expect, and all that
// the report shows besides.

import type { Knee } from './find-knee.ts'
import { HdrHistogram } from './hdr-histogram.ts'
import { type JobFigures, jobFigures } from './job-figures.ts'
import type { Machine } from './machine.ts'
import type { Point } from './measure-point.ts'
import type { BenchOptions } from './options.ts'
import { LOOK_MS, type Role } from './process-usage.ts'
import type { Rounds } from './run-rounds.ts'
import type { Audit, Scenario } from './target.ts'
import { type BatchTimeline, type TimelineResult, timelineResult } from './timeline.ts'

export interface PointRow {
  readonly target: string
  readonly name: string
  readonly offered_tps: number
  readonly committed_tps: number
  readonly offered: number
  readonly committed: number
  readonly failed: number
  readonly expired: number
  readonly p50_ms: number | null
  readonly p90_ms: number | null
  readonly p99_ms: number | null
  readonly max_ms: number | null
  readonly lag_p99_ms: number | null
  readonly load_average: number
  readonly rss_max_mb: number
  readonly cpu_us_per_tx: Readonly<Record<string, number>>
  readonly carried: boolean
  readonly invalid: string
  readonly refusals: Readonly<Record<string, number>>
  /** The longest time within the schedule in which nothing became final. */
  readonly gap_ms: number | null
  readonly sent_again: number
}

interface SecondRow {
  readonly second: number
  readonly p50_ms: number | null
  readonly p99_ms: number | null
  readonly final: number
}

export interface BenchResult {
  readonly scenario: string
  readonly validators: number
  readonly processes: number
  readonly accounts: number
  readonly offered_tps: number
  readonly committed_tps: number
  readonly failed: number
  readonly expired: number
  readonly finality_ms: Readonly<Record<'p50' | 'p90' | 'p99' | 'max', number | null>>
  readonly fill_ms: { readonly p50: number | null }
  readonly cpu_us_per_tx: {
    readonly validator: number | null
    readonly sequencer: number | null
    readonly total: number | null
    readonly generator: number | null
  }
  readonly bytes_per_tx: number
  readonly rss_max_mb: number
  readonly audited: boolean
  readonly raw: Readonly<Record<string, unknown>>
  readonly comparators: readonly { name: string; tps: number; ratio: number }[]
  readonly report: string
  readonly valid: boolean
  /** By the whole machine; null where the kernel does not tell. */
  readonly written_bytes_per_tx: number | null
  /** By all nodes from each other; null where that is not told. Not in reports of before 0240. */
  readonly received_bytes_per_tx?: number | null
  readonly about: string
  readonly unit: string
  readonly machine: Machine
  readonly options: BenchOptions
  readonly steps: readonly PointRow[]
  readonly rounds: readonly PointRow[]
  /** Percentiles are of transfers meant to be sent in that second; null where none became final. */
  readonly seconds: readonly SecondRow[]
  /**
   * Every `every_ms` of the rounds: MiB of the largest process that is not the generator, and of
   * them those that are in no file. Reports of before 0222 have only the first.
   */
  readonly memory: {
    readonly every_ms: number
    readonly largest_mb: readonly number[]
    readonly own_mb?: readonly number[]
  }
  readonly audit: readonly string[]
  readonly notes: readonly string[]
  /** Of scenarios that pay for jobs besides. */
  readonly jobs: JobFigures | null
  /** Milliseconds of each part of a batch's way; of scenarios that make batches. */
  readonly timeline_ms: TimelineResult | null
}

/** What the harness has when everything has run. */
export interface BenchRun {
  readonly scenario: Scenario
  readonly options: BenchOptions
  readonly machine: Machine
  readonly processes: number
  readonly knees: readonly Knee[]
  readonly names: readonly string[]
  readonly rounds: Rounds
  readonly audits: readonly Audit[]
  readonly timelines: readonly BatchTimeline[]
  /** Batches of which anything was heard. */
  readonly heard: number
  readonly report: string
}

export function rounded(value: number, digits = 1): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20)
}

export function orNull(value: number, digits = 1): number | null {
  return Number.isFinite(value) ? rounded(value, digits) : null
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] as number
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

function cpuUs(points: readonly Point[], role: Role): number {
  const sum = points.reduce((all, { usage }) => all + (usage.get(role)?.cpuMs ?? 0), 0)
  return (sum * 1000) / points.reduce((all, { outcome }) => all + outcome.committed, 0)
}

const SYSTEM: readonly Role[] = ['validator', 'sequencer', 'client', 'other']

/** Of all but the generator. */
function systemUs(points: readonly Point[]): number {
  return SYSTEM.reduce((all, role) => all + cpuUs(points, role), 0)
}

function has(points: readonly Point[], role: Role): boolean {
  return points.some(({ usage }) => usage.has(role))
}

function cpuOf(points: readonly Point[]): BenchResult['cpu_us_per_tx'] {
  const of = (role: Role) => (has(points, role) ? orNull(cpuUs(points, role)) : null)
  const [validator, sequencer, generator] = [of('validator'), of('sequencer'), of('generator')]
  return { validator, sequencer, total: orNull(systemUs(points)), generator }
}

export function pointRow(point: Point): PointRow {
  const { outcome, plan, usage } = point
  const at = (share: number) => orNull(outcome.latencyUs.percentile(share) / 1000)
  const cpu = [...usage.keys()].map((role) => [role, rounded(cpuUs([point], role))] as const)
  return {
    target: point.target,
    name: point.name,
    offered_tps: rounded(outcome.offered / plan.seconds),
    committed_tps: rounded(point.committedPerSecond),
    offered: outcome.offered,
    committed: outcome.committed,
    failed: outcome.failed,
    expired: outcome.expired,
    p50_ms: at(0.5),
    p90_ms: at(0.9),
    p99_ms: at(0.99),
    max_ms: outcome.committed > 0 ? rounded(outcome.latencyUs.max / 1000) : null,
    lag_p99_ms: orNull(outcome.lagUs.percentile(0.99) / 1000),
    load_average: rounded(point.loadAverage),
    rss_max_mb: megabytes(Math.max(0, ...point.largest.map(({ rssBytes }) => rssBytes))),
    cpu_us_per_tx: Object.fromEntries(cpu.filter(([, us]) => Number.isFinite(us))),
    carried: point.carried,
    invalid: point.invalid,
    refusals: outcome.refusals,
    gap_ms: outcome.gapMs === undefined ? null : Math.round(outcome.gapMs),
    sent_again: outcome.sentAgain ?? 0,
  }
}

function secondsOf(points: readonly Point[]): BenchResult['seconds'] {
  return points
    .flatMap(({ outcome }) =>
      outcome.bySecond.map((histogram, i) => {
        const p = (share: number) => orNull(histogram.percentile(share) / 1000)
        return { p50_ms: p(0.5), p99_ms: p(0.99), final: outcome.finalBySecond[i] ?? 0 }
      }),
    )
    .map((row, second) => ({ second, ...row }))
}

export function benchResult(run: BenchRun): BenchResult {
  const { scenario, options, rounds, audits, knees } = run
  const own = rounds.points[0] as readonly Point[]
  const sum = (of: (point: Point) => number) => own.reduce((all, point) => all + of(point), 0)
  const latency = new HdrHistogram()
  const fill = new HdrHistogram()
  for (const { outcome } of own) {
    latency.add(outcome.latencyUs)
    if (outcome.fillUs) fill.add(outcome.fillUs)
  }
  const at = (share: number) => orNull(latency.percentile(share) / 1000)
  const committed = sum(({ outcome }) => outcome.committed)
  const offered = sum(({ outcome }) => outcome.offered)
  const seconds = sum(({ plan }) => plan.seconds)
  const tps = median(own.map(({ committedPerSecond }) => committedPerSecond))
  const written = sum(({ writtenBytes }) => writtenBytes ?? Number.NaN)
  const received = sum(({ receivedBytes }) => receivedBytes ?? Number.NaN)
  const rss = own.flatMap(({ usage }) => SYSTEM.map((role) => usage.get(role)?.rssMaxBytes ?? 0))
  return {
    scenario: scenario.name,
    validators: options.validators,
    processes: run.processes,
    accounts: options.accounts,
    offered_tps: rounded(offered / seconds),
    committed_tps: rounded(tps),
    failed: sum(({ outcome }) => outcome.failed),
    expired: sum(({ outcome }) => outcome.expired),
    finality_ms: {
      p50: at(0.5),
      p90: at(0.9),
      p99: at(0.99),
      max: committed > 0 ? rounded(latency.max / 1000) : null,
    },
    fill_ms: { p50: orNull(fill.percentile(0.5) / 1000) },
    cpu_us_per_tx: cpuOf(own),
    bytes_per_tx: rounded(sum(({ outcome }) => outcome.bytes) / offered),
    rss_max_mb: megabytes(Math.max(...rss)),
    audited: audits.length > 0 && audits.every(({ ok }) => ok),
    raw: rawOf(rounds, own, run.machine.cores),
    comparators: comparatorsOf(run),
    report: run.report,
    valid: own.every(({ invalid }) => invalid === ''),
    written_bytes_per_tx: orNull(written / committed),
    received_bytes_per_tx: orNull(received / committed),
    about: scenario.about,
    unit: scenario.unit,
    machine: run.machine,
    options,
    steps: knees.flatMap(({ steps }) => steps.map(pointRow)),
    rounds: rounds.points.flat().map(pointRow),
    seconds: secondsOf(own),
    memory: {
      every_ms: LOOK_MS,
      largest_mb: own.flatMap(({ largest }) => largest.map(({ rssBytes }) => megabytes(rssBytes))),
      own_mb: own.flatMap(({ largest }) => largest.map(({ ownBytes }) => megabytes(ownBytes))),
    },
    audit: audits.flatMap(({ lines }, i) => lines.map((line) => `${run.names[i]}: ${line}`)),
    notes: scenario.notes?.(options) ?? [],
    jobs: jobsOf(own, seconds, options.coreHourUsd),
    timeline_ms: timelineResult(run.timelines, run.heard) ?? null,
  }
}

function jobsOf(own: readonly Point[], seconds: number, coreHourUsd: number) {
  const rounds = own.flatMap(({ outcome }) => (outcome.jobs ? [outcome.jobs] : []))
  return jobFigures(rounds, seconds, coreHourUsd) ?? null
}

function rawOf({ raw }: Rounds, own: readonly Point[], cores: number): BenchResult['raw'] {
  const last = raw.at(-1)
  if (!last) return {}
  const shares = raw.map(({ allowedPerSecond }, i) => {
    return (own[i]?.committedPerSecond ?? Number.NaN) / allowedPerSecond
  })
  const costs = raw.map(({ allowedPerSecond }, i) => {
    return (systemUs(own.slice(i, i + 1)) * allowedPerSecond) / (cores * 1e6)
  })
  return {
    what: last.what,
    ...last.figures,
    allowed_tps: rounded(median(raw.map(({ allowedPerSecond }) => allowedPerSecond))),
    share: rounded(median(shares), 3),
    cost_ratio: orNull(median(costs)),
  }
}

/** By what each committed at most, in a round or in a step: the kinder figure for the others. */
function comparatorsOf({ rounds, knees, names }: BenchRun): BenchResult['comparators'] {
  const own = rounds.points[0] as readonly Point[]
  return rounds.points.slice(1).map((points, i) => {
    const name = names[i + 1] as string
    const steps = knees[i + 1]?.steps ?? []
    const best = Math.max(0, ...steps.map(({ committedPerSecond }) => committedPerSecond))
    const tps = points.map(({ committedPerSecond }) => Math.max(best, committedPerSecond))
    const ratios = own.map(({ committedPerSecond }, round) => {
      return committedPerSecond / (tps[round] as number)
    })
    return { name, tps: rounded(median(tps)), ratio: rounded(median(ratios), 2) }
  })
}
