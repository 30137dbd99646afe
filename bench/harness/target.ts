// What a scenario hands to the harness: something that takes a load and says what became of it.

import type { LoadOutcome, LoadPlan } from './load-plan.ts'
import type { BenchOptions, OwnOption } from './options.ts'
import type { RoleProcess } from './process-usage.ts'
import type { Progress } from './progress.ts'
import type { BatchTimeline, HeardTimes } from './timeline.ts'

export interface Audit {
  readonly ok: boolean
  /** What was looked at, and what was wrong: one line each. */
  readonly lines: readonly string[]
}

export interface Target {
  readonly name: string
  /** Looked at before and after each run: a process may have been started again. */
  processes(): readonly RoleProcess[]
  /** Brings everything into being that must be there before the clock starts: signatures. */
  prepare(plan: LoadPlan): Promise<void>
  run(plan: LoadPlan): Promise<LoadOutcome>
  /** Until nothing of a run is under way; false when that did not come about. */
  drain(): Promise<boolean>
  /** Reads back everything that the runs since the last audit counted. */
  audit(): Promise<Audit>
  /** By its nodes from each other, since they started. */
  receivedBytes?(): Promise<number>
  /** Of batches that were heard of: those of which every point is known. */
  timelines?(heard: readonly HeardTimes[]): Promise<readonly BatchTimeline[]>
  stop(): Promise<void>
}

/** The bare cost of the work that bounds a scenario, on the same cores. */
export interface RawCost {
  /** What the figures are: one line. */
  readonly what: string
  /** Units a second that the raw cost alone would allow. */
  readonly allowedPerSecond: number
  readonly figures: Readonly<Record<string, number | string>>
}

export interface Scenario {
  readonly name: string
  /** One line for the report. */
  readonly about: string
  /** What is counted: transfers, calls. */
  readonly unit: string
  readonly defaults: Partial<BenchOptions>
  /** Options of its own kind: any other one is refused. */
  readonly uses?: readonly OwnOption[]
  /** Units a second at which the search for the knee begins. */
  firstStep?(options: BenchOptions): number
  start(options: BenchOptions, progress: Progress): Promise<Target>
  /** Between the rounds, while nothing is sent. */
  raw?(options: BenchOptions): Promise<RawCost>
  /** By the name given with --against. */
  comparators?: Readonly<
    Record<string, (options: BenchOptions, progress: Progress) => Promise<Target>>
  >
  /** Further lines for the report, of what ran last. */
  notes?(options: BenchOptions): readonly string[]
}
