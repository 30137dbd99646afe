// Checks signatures of senders in parts, each as much as a thread of the pool takes at once, a few
// of them at a time: more than the pool's queue holds may wait here, and what a batch waits for
// goes before what is only checked ahead.

import {
  ROLLUP_CHECK_BATCH,
  ROLLUP_CHECK_MS,
  ROLLUP_CHECK_TASKS,
} from '../../config/shard-limits.ts'
import type { SignatureColumns } from '../../protocol/rollup/verify-columns.ts'
import type { Context } from '../../runtime/context.ts'
import { CheckCosigners, VerifyEd25519 } from '../messages/tasks.ts'

const COSIGNER_BYTES = 96

/** Places of those that do not hold, rising; undefined when they could not be checked. */
type Done = (bad: readonly number[] | undefined) => void

/** As `Done`, with the aggregates of what holds, one of each part that has any. */
type CosignersDone = (
  found: { readonly bad: readonly number[]; readonly sums: readonly Uint8Array[] } | undefined,
) => void

interface PartFound {
  readonly bad: readonly number[]
  readonly signature?: Uint8Array
}

interface Job {
  readonly run: (start: number, end: number, on: PartOutcome) => void
  readonly bad: number[]
  readonly sums: Uint8Array[]
  /** Parts. */
  left: number
  failed: boolean
  readonly done: CosignersDone
}

interface PartOutcome {
  readonly within: number
  ok(found: PartFound): void
  failed(): void
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
    const { keys, digests, signatures } = columns
    const run: Job['run'] = (start, end, on) => {
      const part = {
        keys: keys.slice(32 * start, 32 * end),
        digests: digests.slice(32 * start, 32 * end),
        signatures: signatures.slice(64 * start, 64 * end),
      }
      this.ctx.run(VerifyEd25519, part, on)
    }
    this.add(keys.length / 32, isUrgent, run, (found) => done(found?.bad))
  }

  /** Co-signatures of one root, each by itself. A batch waits for them. */
  cosigners(
    columns: {
      readonly keys: Uint8Array
      readonly digest: Uint8Array
      readonly signatures: Uint8Array
    },
    done: CosignersDone,
  ): void {
    const { keys, digest, signatures } = columns
    const run: Job['run'] = (start, end, on) => {
      const of = (bytes: Uint8Array) => bytes.slice(COSIGNER_BYTES * start, COSIGNER_BYTES * end)
      this.ctx.run(CheckCosigners, { keys: of(keys), digest, signatures: of(signatures) }, on)
    }
    this.add(signatures.length / COSIGNER_BYTES, true, run, done)
  }

  private add(count: number, isUrgent: boolean, run: Job['run'], done: CosignersDone): void {
    if (count === 0) {
      done({ bad: [], sums: [] })
      return
    }
    const left = Math.ceil(count / ROLLUP_CHECK_BATCH)
    const job: Job = { run, bad: [], sums: [], left, failed: false, done }
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
      this.start(part)
    }
  }

  private start({ job, start, end }: Part): void {
    job.run(start, end, {
      within: ROLLUP_CHECK_MS,
      ok: ({ bad, signature }) => {
        for (const i of bad) job.bad.push(start + i)
        if (signature && signature.length > 0) job.sums.push(signature)
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
    const { failed, bad, sums } = job
    job.done(failed ? undefined : { bad: bad.sort((a, b) => a - b), sums })
  }
}
