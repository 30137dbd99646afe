// Makes the schedule of a failing seed as short as it can: leaves faults out, half of them at a
// time, then one by one, as long as the same checker still complains.

import type { ScheduledFault } from '../../runtime/sim/fault-schedule.ts'
import type { Scenario, SeedOptions } from './scenario.ts'

/** `order: …` and `order: …` are the same complaint. */
const checkerOf = (violation: string | undefined) => violation?.split(':')[0]

export interface Shrunk {
  readonly schedule: readonly ScheduledFault[]
  readonly violation: string
  readonly runs: number
}

/** Undefined when the seed does not fail with its own schedule. */
export function shrinkSchedule(
  scenario: Scenario,
  seed: number,
  options: SeedOptions = {},
): Shrunk | undefined {
  let schedule = [...(options.schedule ?? scenario.schedule(seed))]
  let runs = 0
  const complaint = (one: readonly ScheduledFault[]) => {
    runs++
    return scenario.run(seed, { ...options, schedule: one }).violations[0]
  }
  let violation = complaint(schedule)
  if (violation === undefined) return undefined
  for (let size = Math.ceil(schedule.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < schedule.length; ) {
      const shorter = [...schedule.slice(0, at), ...schedule.slice(at + size)]
      const found = complaint(shorter)
      if (found !== undefined && checkerOf(found) === checkerOf(violation)) {
        schedule = shorter
        violation = found
      } else at += size
    }
  }
  return { schedule, violation, runs }
}
