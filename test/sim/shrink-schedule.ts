// Makes the schedule of a failing seed as short as it can: leaves faults out, half of them at a
// time, then one by one, as long as the same checker still complains. A shorter schedule may need
// another world to fail in, so each is tried in a few.

import type { ScheduledFault } from '../../runtime/sim/fault-schedule.ts'
import type { Scenario, SeedOptions } from './scenario.ts'

/** `order: …` and `order: …` are the same complaint. */
const checkerOf = (violation: string) => violation.split(':')[0]

export interface Shrunk {
  readonly seed: number
  readonly schedule: readonly ScheduledFault[]
  readonly violation: string
  readonly runs: number
}

class Shrinker {
  runs = 0
  found: { seed: number; schedule: readonly ScheduledFault[]; violation: string } | undefined
  private readonly scenario: Scenario
  private readonly options: SeedOptions
  private readonly worlds: number

  constructor(scenario: Scenario, options: SeedOptions, worlds: number) {
    this.scenario = scenario
    this.options = options
    this.worlds = worlds
  }

  /** Keeps the schedule when it fails in one of the worlds, as the last one kept did. */
  try(first: number, schedule: readonly ScheduledFault[]): boolean {
    const known = this.found && checkerOf(this.found.violation)
    for (let seed = first; seed < first + this.worlds; seed++) {
      this.runs++
      const { violations } = this.scenario.run(seed, { ...this.options, schedule })
      const violation = violations.find((one) => known === undefined || checkerOf(one) === known)
      if (violation === undefined) continue
      this.found = { seed, schedule, violation }
      return true
    }
    return false
  }
}

/** Undefined when the seed does not fail with its own schedule. */
export function shrinkSchedule(
  scenario: Scenario,
  seed: number,
  options: SeedOptions = {},
  worlds = 1,
): Shrunk | undefined {
  const shrinker = new Shrinker(scenario, options, worlds)
  if (!shrinker.try(seed, options.schedule ?? scenario.schedule(seed))) return undefined
  for (let before = Number.POSITIVE_INFINITY; ; ) {
    const length = shrinker.found?.schedule.length ?? 0
    if (length === before) break
    before = length
    for (let size = Math.ceil(length / 2); size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < (shrinker.found?.schedule.length ?? 0); ) {
        const schedule = shrinker.found?.schedule ?? []
        const shorter = [...schedule.slice(0, at), ...schedule.slice(at + size)]
        if (!shrinker.try(shrinker.found?.seed ?? seed, shorter)) at += size
      }
    }
  }
  return shrinker.found && { ...shrinker.found, runs: shrinker.runs }
}
