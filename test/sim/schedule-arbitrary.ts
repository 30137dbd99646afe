// Schedules of faults as fast-check arbitraries, so that a property that fails is shown with the
// fewest and mildest faults that make it fail.

import fc from 'fast-check'
import type { Fault, ScheduledFault } from '../../runtime/sim/fault-schedule.ts'

export interface ScheduleLimits {
  readonly nodes: readonly string[]
  readonly untilMs: number
  readonly longestMs: number
  readonly most: number
}

export function schedules(limits: ScheduleLimits): fc.Arbitrary<ScheduledFault[]> {
  const { nodes, untilMs, longestMs, most } = limits
  const node = fc.constantFrom(...nodes)
  const forMs = fc.integer({ min: 1, max: longestMs })
  const kind = <K extends Fault['do']>(value: K) => fc.constant(value)
  const fault: fc.Arbitrary<Fault> = fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: kind('crash'), node, forMs }) },
    fc.record({ do: kind('pause'), node, forMs }),
    fc.record({ do: kind('isolate'), node, forMs }),
    fc.record({ do: kind('clog'), from: node, to: node, forMs }),
    fc.record({ do: kind('disconnect'), a: node, b: node }),
    fc.record({ do: kind('fill-disk'), node, forMs }),
    { weight: 3, arbitrary: fc.record({ do: kind('stall-disk'), node, forMs }) },
    fc.record({ do: kind('step-clock'), node, byMs: fc.integer({ min: -5000, max: 5000 }) }),
    fc.record({ do: kind('bad-links'), rate: fc.constantFrom(0.05, 0.2, 0.5), forMs }),
  )
  const scheduled = fc.record({ atMs: fc.integer({ min: 0, max: untilMs }), fault })
  return fc.array(scheduled, { maxLength: most })
}
