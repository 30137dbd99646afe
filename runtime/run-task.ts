// ctx.run: starts a task through the host's runner, with the deadline enforced here, and ends it
// with the incarnation that started it.

import type { Cell } from './cell.ts'
import type { FailureReason } from './failure.ts'
import type { Host } from './host.ts'
import { ref } from './ref.ts'
import type { CancelTask, Task, TaskOutcome } from './task.ts'

export function runTask<In, Out, Chunk>(
  host: Host,
  cell: Cell,
  turn: (run: () => void) => void,
  task: Task<In, Out, Chunk>,
  input: In,
  outcome: TaskOutcome<Out, Chunk>,
): CancelTask {
  const { clock, tasks } = host.options
  const startedAt = clock.now()
  let open = true
  let stopRunner: CancelTask = () => {}
  const end = (): boolean => {
    if (!open) return false
    open = false
    stopTimer()
    cell.cancels?.delete(cancel)
    return true
  }
  const cancel = () => {
    if (end()) stopRunner()
  }
  const fail = (reason: FailureReason, detail: string) => {
    const ageMs = Math.round(clock.now() - startedAt)
    const failure = { reason, target: ref('task', task.name), verb: 'run', ageMs, detail }
    if (end()) turn(() => outcome.failed(failure))
  }
  const stopTimer = clock.after(outcome.within, () => {
    fail('expired', `not done within ${outcome.within} ms`)
    stopRunner()
  })
  cell.cancels ??= new Set()
  cell.cancels.add(cancel)
  stopRunner = tasks.start(task.name, input, {
    chunk: (chunk) => {
      if (open) turn(() => outcome.chunk?.(chunk as Chunk))
    },
    ok: (out) => {
      if (end()) turn(() => outcome.ok(out as Out))
    },
    failed: (reason, detail) => fail(reason, detail),
  })
  return cancel
}
