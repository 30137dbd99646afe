// The task `make-keys` in one thread of low priority, which ends when there is no more to make.

import { KEYS_AHEAD_IDLE_MS, KEYS_AHEAD_QUEUE_MAX } from '../../config/shard-limits.ts'
import type { KeyRun } from '../../protocol/rollup/signers.ts'
import type { TaskRunner } from '../../runtime/task.ts'
import { WorkPool } from './work-pool.ts'

type Pool = WorkPool<KeyRun, Uint8Array>

/** The module next to this one that the thread imports, in the form that runs now. */
function workerModule(): URL {
  const ending = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  return new URL(`./key-worker${ending}`, import.meta.url)
}

export class KeyTasks implements TaskRunner {
  private pool: Pool | undefined
  private idle: NodeJS.Timeout | undefined
  private open = 0

  start(_name: string, input: unknown, on: Parameters<TaskRunner['start']>[2]): () => void {
    clearTimeout(this.idle)
    this.pool ??= new WorkPool({
      module: workerModule(),
      threads: 1,
      queueMax: KEYS_AHEAD_QUEUE_MAX,
    })
    this.open++
    let isOver = false
    const over = () => {
      if (!isOver) this.ended()
      isOver = true
    }
    const cancel = this.pool.run(input as KeyRun, [], {
      ok: (made) => {
        over()
        on.ok(made)
      },
      failed: (reason, detail) => {
        over()
        on.failed(reason, detail)
      },
    })
    return () => {
      over()
      cancel()
    }
  }

  private ended(): void {
    if (--this.open > 0) return
    this.idle = setTimeout(() => void this.stop(), KEYS_AHEAD_IDLE_MS)
    this.idle.unref()
  }

  async stop(): Promise<void> {
    clearTimeout(this.idle)
    const { pool } = this
    this.pool = undefined
    await pool?.stop()
  }
}
