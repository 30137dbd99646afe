// What a scenario of the simulator is: a seed in, a verdict out. The sweeping program knows nothing
// else of it.

import type { LogLine } from '../../runtime/ports.ts'
import type { ScheduledFault } from '../../runtime/sim/fault-schedule.ts'

export interface SeedOptions {
  /** A bug on purpose, to see that the checkers see. */
  readonly plant?: string
  /** Instead of the faults that the seed draws. */
  readonly schedule?: readonly ScheduledFault[]
  /** Ends before the phase in which all must go well: enough to see safety broken, and quicker. */
  readonly safetyOnly?: boolean
  /** So many liars among 21 authorities, whatever the protocol bears: violations must appear. */
  readonly byzantine?: number
  readonly onLog?: (line: LogLine, atMs: number) => void
  readonly onEvent?: (event: string, atMs: number) => void
}

export interface Verdict {
  readonly seed: number
  /** `checker: what`, empty when all is well. */
  readonly violations: readonly string[]
  readonly marks: Readonly<Record<string, number>>
  /** Equal for two runs of the same seed, or something is not deterministic. */
  readonly trace: string
  /** What was done, by name, for the sum over a sweep. */
  readonly done: Readonly<Record<string, number>>
}

export interface Scenario {
  readonly name: string
  readonly plants: readonly string[]
  /** What a sweep of at least `seedsForMarks` seeds must have seen happen. */
  readonly requiredMarks: readonly string[]
  readonly seedsForMarks: number
  /** The faults of a seed, in the order of their times. */
  schedule(seed: number): ScheduledFault[]
  run(seed: number, options?: SeedOptions): Verdict
}
