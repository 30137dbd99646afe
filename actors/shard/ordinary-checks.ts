// Checks ordinary signatures in parts, each as much as a thread of the pool takes at once, a few of
// them at a time: more than the pool's queue holds may wait here, and what a batch waits for goes
// before what is only checked ahead.

import {
  ROLLUP_CHECK_BATCH,
  ROLLUP_CHECK_MS,
  ROLLUP_CHECK_TASKS,
} from '../../config/shard-limits.ts'
import type { SignatureColumns } from '../../protocol/rollup/verify-columns.ts'
import type { Context } from '../../runtime/context.ts'
import { VerifyEd25519 } from '../messages/tasks.ts'

/** Places of those that do not hold, rising; undefined when they could not be checked. */
type Done = (bad: readonly number[] | undefined) => void

interface Job {
  readonly columns: SignatureColumns
  readonly bad: number[]
  /** Parts. */
  left: number
  failed: boolean
  readonly done: Done
}

interface Part {
  readonly job: Job
  readonly start: number
  readonly end: number
}

export class OrdinaryChecks {
  private readonly ctx: Context
  private readonly urgent: Part[] = []
  private readonly others: Part[] = []
  private running = 0

  constructor(ctx: Context) {
    this.ctx = ctx
  }

  /** `isUrgent`: a batch waits for it. `done` is called in a later turn, unless there are none. */
  check(columns: SignatureColumns, isUrgent: boolean, done: Done): void {
    const count = columns.keys.length / 32
    if (count === 0) {
      done([])
      return
    }
    const left = Math.ceil(count / ROLLUP_CHECK_BATCH)
    const job: Job = { columns, bad: [], left, failed: false, done }
    const lane = isUrgent ? this.urgent : this.others
    for (let start = 0; start < count; start += ROLLUP_CHECK_BATCH) {
      lane.push({ job, start, end: Math.min(count, start + ROLLUP_CHECK_BATCH) })
    }
    this.pump()
  }

  private pump(): void {
    while (this.running < ROLLUP_CHECK_TASKS) {
      const part = this.urgent.shift() ?? this.others.shift()
      if (!part) return
      this.running++
      this.run(part)
    }
  }

  private run({ job, start, end }: Part): void {
    const { keys, digests, signatures } = job.columns
    const part = {
      keys: keys.slice(32 * start, 32 * end),
      digests: digests.slice(32 * start, 32 * end),
      signatures: signatures.slice(64 * start, 64 * end),
    }
    this.ctx.run(VerifyEd25519, part, {
      within: ROLLUP_CHECK_MS,
      ok: ({ bad }) => {
        for (const i of bad) job.bad.push(start + i)
        this.ended(job)
      },
      failed: () => {
        job.failed = true
        this.ended(job)
      },
    })
  }

  private ended(job: Job): void {
    this.running--
    this.pump()
    if (--job.left > 0) return
    job.done(job.failed ? undefined : job.bad.sort((a, b) => a - b))
  }
}
