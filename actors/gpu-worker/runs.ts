// The jobs that a worker has taken: from the model's first token to the scheduler's acknowledgement
// of the signed receipt.

import { GPU_WORKER_JOBS_MAX, JOB_OUTPUT_BYTES_MAX } from '../../config/limits.ts'
import { utf8 } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import type { JobRequest } from '../../protocol/job/job-request.ts'
import { readCanonicalRequest } from '../../protocol/job/read-request.ts'
import { canonicalJson } from '../../protocol/receipt/jcs.ts'
import { signReceipt } from '../../protocol/receipt/sign-receipt.ts'
import type { HeldLock } from '../../protocol/rollup/sign-operation.ts'
import type { Context } from '../../runtime/context.ts'
import type { CancelTask } from '../../runtime/task.ts'
import { SchedulerMessages } from '../messages/scheduler.ts'
import { type LoadedModel, RunModel, StopRun } from '../messages/tasks.ts'
import type { GpuWorkerProps } from './gpu-worker.ts'
import { jobReceipt, type ModelOutcome } from './job-receipt.ts'
import { LockDrawer, type Released } from './lock-drawer.ts'
import type { ModelShelf } from './model-shelf.ts'

export interface AssignedJob {
  readonly jobId: Hex
  readonly attempt: number
  readonly consumer: Hex
  readonly coordinator: Hex
  readonly request: string
  readonly modelId: string
  readonly modelRoot: Hex
  readonly priceWei: bigint
  readonly deadlineMs: number
  /** Of the rollup, in the place of an escrow. */
  readonly lock: HeldLock | undefined
}

export interface Run {
  readonly job: AssignedJob
  readonly request: JobRequest
  readonly model: LoadedModel
  readonly chunks: string[]
  readonly startedAtMs: number
  cancelled: boolean
  stop: CancelTask
  /** Ends of the spans of its trace. */
  readonly spans: RunSpans
}

interface RunSpans {
  readonly run: () => void
  firstToken: (() => void) | undefined
  load: (() => void) | undefined
}

interface Result {
  readonly receipt: string
  readonly output: string
  readonly settle: Uint8Array | undefined
}

interface Verdict {
  readonly code: string
  readonly message: string
}

const STOP_WITHIN_MS = 5000
const TELL_WITHIN_MS = 5000
const TELL_AGAIN_MS = 500
/** Left of the deadline for settling. */
const SETTLE_MARGIN_MS = 2000
const RUN_LEAST_MS = 1000

const TAKEN: Verdict = { code: '', message: '' }

export class Runs {
  private readonly ctx: Context
  private readonly props: GpuWorkerProps
  private readonly shelf: ModelShelf
  private readonly runs = new Map<Hex, Run>()
  private readonly locks: LockDrawer

  constructor(ctx: Context, props: GpuWorkerProps, shelf: ModelShelf) {
    this.ctx = ctx
    this.props = props
    this.shelf = shelf
    this.locks = new LockDrawer(props.rollup)
  }

  has(jobId: Hex, attempt: number): boolean {
    return this.runs.get(jobId)?.job.attempt === attempt
  }

  list() {
    return [...this.runs.values()].map(({ job: { jobId, attempt } }) => ({ jobId, attempt }))
  }

  take(job: AssignedJob): Verdict {
    const most = Math.min(this.props.slots, GPU_WORKER_JOBS_MAX)
    if (this.runs.size >= most || this.runs.has(job.jobId)) {
      return { code: 'BUSY', message: `all ${most} slots are taken` }
    }
    const model = this.shelf.ready(job.modelId)
    if (model?.modelRoot !== job.modelRoot) {
      return { code: 'UNKNOWN_MODEL', message: `${job.modelId} with this root is not offered here` }
    }
    const unpaid = job.lock && this.locks.whyNot(job.lock, job.priceWei)
    if (unpaid) return { code: 'WRONG_LOCK', message: unpaid }
    const read = readCanonicalRequest(job.request)
    if (!read.ok) return { code: 'INVALID_REQUEST', message: read.message.slice(0, 512) }
    this.start(job, read.request, model)
    return TAKEN
  }

  private start(job: AssignedJob, request: JobRequest, model: LoadedModel): void {
    const startedAtMs = this.ctx.wallTime()
    const run: Run = {
      job,
      request,
      model,
      chunks: [],
      startedAtMs,
      cancelled: false,
      stop: () => {},
      spans: {
        run: this.ctx.span('run model'),
        firstToken: this.ctx.span('first token'),
        load: undefined,
      },
    }
    this.runs.set(job.jobId, run)
    const runId = `${job.jobId}/${job.attempt}`
    const unitsMax = Number(job.priceWei / model.unitPriceWei)
    const left = job.deadlineMs - startedAtMs - SETTLE_MARGIN_MS
    run.stop = this.ctx.run(
      RunModel,
      { runId, modelId: job.modelId, request: job.request, unitsMax },
      {
        within: Math.max(RUN_LEAST_MS, left),
        chunk: (chunk) => {
          if (typeof chunk === 'string') this.chunk(run, chunk)
          else this.loading(run, chunk.loading)
        },
        ok: (outcome) => {
          this.endSpans(run)
          this.ended(run, outcome)
        },
        failed: (failure) => {
          this.endSpans(run)
          const ran = failure.reason === 'failed'
          const [code, message] = ran ? splitDetail(failure.detail) : ['TIMEOUT', failure.detail]
          if (code === 'MODEL_CRASHED') this.shelf.crashed(job.modelId)
          this.fail(run, code, message)
        },
      },
    )
  }

  private endSpans({ spans }: Run): void {
    spans.load?.()
    spans.firstToken?.()
    spans.run()
  }

  /** The model had left the memory. */
  private loading({ spans }: Run, isLoading: boolean): void {
    spans.load?.()
    spans.load = isLoading ? this.ctx.span('load model') : undefined
  }

  private chunk(run: Run, text: string): void {
    run.spans.firstToken?.()
    run.spans.firstToken = undefined
    const index = run.chunks.length
    run.chunks.push(text)
    const { jobId, attempt } = run.job
    const worker = this.ctx.self.key
    const body = { worker, jobId, attempt, index, text }
    this.ctx.tell(SchedulerMessages, this.props.schedulerKey, 'Chunk', body)
  }

  /** The model stops at its next token; what it has made until then is signed and settled. */
  cancel(jobId: Hex, attempt: number): void {
    const run = this.runs.get(jobId)
    if (!run || run.job.attempt !== attempt || run.cancelled) return
    run.cancelled = true
    this.ctx.run(
      StopRun,
      { runId: `${jobId}/${attempt}` },
      { within: STOP_WITHIN_MS, ok: () => {}, failed: () => {} },
    )
  }

  private ended(run: Run, outcome: ModelOutcome): void {
    const made = outcome.completionTokens + (run.model.unit === 'inputs' ? outcome.inputs : 0)
    if (run.cancelled && outcome.cancelled && made === 0) {
      this.fail(run, 'CANCELLED', 'cancelled before anything was made')
      return
    }
    if (utf8(outcome.output).length > JOB_OUTPUT_BYTES_MAX) {
      this.fail(run, 'OUTPUT_TOO_LARGE', `the output is larger than ${JOB_OUTPUT_BYTES_MAX} bytes`)
      return
    }
    const now = this.ctx.wallTime()
    const receipt = jobReceipt(this.props, run, outcome, now)
    const signed = signReceipt(receipt, this.props.secretKey, this.props.secp256k1)
    const settle = run.job.lock && this.locks.settle(run.job.lock, receipt)
    this.tellFinished(run, { receipt: canonicalJson(signed), output: outcome.output, settle })
  }

  private tellFinished(run: Run, body: Result): void {
    const { jobId, attempt } = run.job
    const worker = this.ctx.self.key
    this.ctx.ask(
      SchedulerMessages,
      this.props.schedulerKey,
      'Finished',
      { worker, jobId, attempt, ...body },
      {
        within: TELL_WITHIN_MS,
        ok: (verdict) => this.acknowledged(run, verdict),
        failed: () =>
          this.ctx.after(`finish ${jobId}`, TELL_AGAIN_MS, () => this.tellFinished(run, body)),
      },
    )
  }

  private fail(run: Run, code: string, message: string): void {
    const { jobId, attempt } = run.job
    const worker = this.ctx.self.key
    const body = { worker, jobId, attempt, code: code.slice(0, 64), message: message.slice(0, 512) }
    this.ctx.ask(SchedulerMessages, this.props.schedulerKey, 'Failed', body, {
      within: TELL_WITHIN_MS,
      ok: (verdict) => this.acknowledged(run, verdict),
      failed: () =>
        this.ctx.after(`fail ${jobId}`, TELL_AGAIN_MS, () => this.fail(run, code, message)),
    })
  }

  /** Gives back the lock of a job that came to nothing. */
  release(jobId: Hex, lock: HeldLock): Released {
    if (this.runs.has(jobId)) return { code: 'BUSY', operation: new Uint8Array(0) }
    return this.locks.release(lock)
  }

  private acknowledged(run: Run, { code, message }: Verdict): void {
    if (code && code !== 'ALREADY_FINISHED' && run.job.lock) {
      this.locks.refused(run.job.lock)
    }
    if (code) this.ctx.log('warn', 'a result was refused', { jobId: run.job.jobId, code, message })
    if (this.runs.get(run.job.jobId) === run) this.runs.delete(run.job.jobId)
  }
}

/** A task's failure detail is `CODE: message`. */
function splitDetail(detail: string): [string, string] {
  const match = /^([A-Z_]+): ([\s\S]*)$/.exec(detail)
  return match ? [match[1] as string, match[2] as string] : ['MODEL_CRASHED', detail]
}
