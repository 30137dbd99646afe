// A task runner made of a table of functions that run on the calling thread: for work so short that
// handing it to another thread would cost more. Longer work goes to a pool or a child process.

import type { TaskRunner } from '../../runtime/task.ts'

export type TaskFunction = (input: never) => unknown

export function taskTable(table: Readonly<Record<string, TaskFunction>>): TaskRunner {
  return {
    start(name, input, on) {
      let open = true
      setImmediate(() => {
        if (!open) return
        const run = table[name]
        if (!run) {
          on.failed('rejected', `no task is called ${name} here`)
          return
        }
        try {
          on.ok(run(input as never))
        } catch (error) {
          on.failed('failed', (error as Error).message)
        }
      })
      return () => {
        open = false
      }
    },
  }
}
