// Tasks of a simulated node: a modelled duration, then a modelled result, a failure, or nothing.

import type { Prng } from '../../lib/prng.ts'
import type { TaskRunner } from '../task.ts'
import type { TaskFaults } from './faults.ts'

/** Returned by a modelled task that never answers. */
export const STALLS = Symbol('stalls')

/** What a task gives; a throw is its failure. `chunk` calls the outcome's chunk. */
export type SimTask = (input: never, random: Prng, chunk: (value: unknown) => void) => unknown

export function simTasks(
  tasks: Readonly<Record<string, SimTask>>,
  random: Prng,
  faults: () => TaskFaults,
  later: (ms: number, run: () => void) => () => void,
): TaskRunner {
  return {
    start: (name, input, on) => {
      const { minMs, tailMs, failed, rejected, stalled } = faults()
      const run = tasks[name]
      const fate = random.unit()
      return later(minMs + random.unit() * tailMs, () => {
        if (!run) on.failed('rejected', `no task ${name}`)
        else if (fate < rejected) on.failed('rejected', 'the queue is full (simulated)')
        else if (fate < rejected + failed) on.failed('failed', 'the task failed (simulated)')
        else if (fate >= rejected + failed + stalled) end(run)
      })
      function end(run: SimTask): void {
        try {
          const out = run(input as never, random, (chunk) => on.chunk(chunk))
          if (out !== STALLS) on.ok(out)
        } catch (error) {
          on.failed('failed', (error as Error).message)
        }
      }
    },
  }
}
