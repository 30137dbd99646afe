// What workers send back: chunks, results, failures; and the consumer's wish to stop.

import { JOB_OUTPUT_BYTES_MAX } from '../../config/limits.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { Infer } from '../../lib/schema.ts'
import type { JobRefusal } from '../../protocol/errors/job-refusals.ts'
import type { JobRequest } from '../../protocol/job/job-request.ts'
import { unitsBound } from '../../protocol/job/units-bound.ts'
import { encodeSettle } from '../../protocol/market/market-calls.ts'
import { samplerOf } from '../../protocol/receipt/build-receipt.ts'
import { type Agreed, checkResult } from '../../protocol/receipt/check-result.ts'
import { settlementOf } from '../../protocol/receipt/sign-receipt.ts'
import { GpuWorkerMessages } from '../messages/gpu-worker.ts'
import type { SchedulerMessages } from '../messages/scheduler.ts'
import { type Desk, seconds } from './desk.ts'
import { giveUp, move, receiptData, requeue } from './job-moves.ts'
import type { JobRecord } from './job-record.ts'
import { asJob, beginSpan } from './job-trace.ts'
import { isLocked, isSettleOf } from './lock-terms.ts'

type Bodies = (typeof SchedulerMessages)['verbs']
type Chunk = Infer<Bodies['Chunk']['body']>
type Finished = Infer<Bodies['Finished']['body']>
type Failed = Infer<Bodies['Failed']['body']>

export interface Verdict {
  readonly code: string
  readonly message: string
}

const OK = { code: '', message: '' } as const

/** Failures of the provider, not of the job: another one may do better. */
const RETRYABLE = ['BUSY', 'DRAINING', 'WORKER_RESTARTED', 'MODEL_CRASHED', 'OUT_OF_MEMORY']

export function chunkArrived(desk: Desk, chunk: Chunk) {
  const job = desk.book.get(chunk.jobId)
  const pushed = desk.pushed.get(chunk.jobId)
  if (job === undefined || pushed === undefined || !isAssignee(job, chunk)) {
    return desk.ctx.log('debug', 'chunk-dropped', { jobId: chunk.jobId, worker: chunk.worker })
  }
  if (job.phase !== 'running' && job.phase !== 'dispatching') return
  pushed.chunkBytes += chunk.text.length
  if (pushed.chunkBytes > JOB_OUTPUT_BYTES_MAX) pushed.chunks = undefined
  if (pushed.chunks !== undefined) {
    if (chunk.index < pushed.chunks.length) return
    if (chunk.index === pushed.chunks.length) pushed.chunks.push(chunk.text)
    else pushed.chunks = undefined
  }
  desk.events.add(job.jobId, 'token', { index: chunk.index, text: chunk.text })
}

function isAssignee(job: JobRecord, from: { worker: string; attempt: number }): boolean {
  return job.worker === from.worker && job.attempts === from.attempt
}

function agreedOn(desk: Desk, job: JobRecord): Agreed {
  const request = JSON.parse(job.request) as JobRequest
  return {
    chainId: Number(desk.props.chainId),
    jobId: job.jobId,
    provider: job.provider as Hex,
    client: job.consumer,
    coordinator: desk.props.address,
    requestHash: job.requestHash,
    model: job.modelId,
    modelRoot: job.modelRoot,
    sampler: samplerOf(request),
    unit: job.unit,
    unitPriceWei: job.unitPrice,
    priceWei: job.price,
    unitsMax: unitsBound(request, job.unit),
    mayBePartial: job.cancelRequested,
    ...(job.rollup && { rollup: job.rollup }),
  }
}

/** Settles a good result. `reply` is called once what follows from it is durable. */
export function resultArrived(desk: Desk, body: Finished, reply: (verdict: Verdict) => void): void {
  const verdict = accept(desk, body)
  desk.book.afterCommit(() => reply(verdict))
}

function accept(desk: Desk, body: Finished): Verdict {
  const job = desk.book.get(body.jobId)
  if (job === undefined) return { code: 'UNKNOWN_JOB', message: 'no such job' }
  const { worker, attempt } = body
  if (!isAssignee(job, body)) {
    desk.ctx.log('warn', 'result-from-non-assignee', {
      jobId: job.jobId,
      worker,
      attempt,
      assigned: job.worker,
      receipt: body.receipt,
    })
    desk.ctx.reached('scheduler-result-refused')
    return { code: 'NOT_ASSIGNEE', message: 'this job is not assigned to this worker' }
  }
  const chunks = desk.pushed.get(job.jobId)?.chunks
  const { secp256k1 } = desk.props
  const checked = checkResult(agreedOn(desk, job), body.receipt, body.output, chunks, secp256k1)
  if (job.receiptHash !== undefined) return again(desk, job, body, checked)
  if (!['dispatching', 'running', 'queued'].includes(job.phase)) {
    return { code: 'NOT_RUNNING', message: `the job is ${job.phase}` }
  }
  if (seconds(desk) >= job.deadline) {
    return { code: 'EXPIRED', message: 'the deadline has passed' }
  }
  if (!checked.ok) {
    const { code, message } = checked
    desk.ctx.log('warn', 'result-refused', { jobId: job.jobId, worker, code, message })
    desk.ctx.reached('scheduler-result-refused')
    if (job.phase !== 'queued') requeue(desk, job, code, message)
    return { code, message }
  }
  if (isLocked(job) && !(body.settle && isSettleOf(body.settle, checked.receipt, job))) {
    const message = 'it comes without the settle that takes its price out of the lock'
    if (job.phase !== 'queued') requeue(desk, job, 'WRONG_SETTLE', message)
    return { code: 'WRONG_SETTLE', message }
  }
  if (job.state === 'pending') move(desk, job, 'assign')
  desk.workers.release(job.worker, job.jobId)
  job.phase = 'settling'
  job.receipt = checked.text
  job.receiptHash = checked.hash
  job.output = body.output
  beginSpan(desk, job, 'settle final')
  if (body.settle && isLocked(job)) {
    job.operation = bytesToHex(body.settle)
    desk.book.afterCommit(() => desk.advance(job))
  } else {
    const data = encodeSettle(settlementOf(checked.receipt), checked.signature)
    asJob(desk, job, () => desk.money.send(job.jobId, 'settle', data))
  }
  desk.events.add(job.jobId, 'receipt', receiptData(job))
  desk.pushed.delete(job.jobId)
  desk.book.save(job)
  return OK
}

/** A repeated result is welcome, a second different one is evidence against the provider. */
function again(
  desk: Desk,
  job: JobRecord,
  body: Finished,
  checked: ReturnType<typeof checkResult>,
): Verdict {
  if (checked.ok && checked.hash === job.receiptHash) return OK
  desk.ctx.log('warn', 'second-result', {
    jobId: job.jobId,
    worker: body.worker,
    first: job.receipt,
    second: body.receipt,
    signed: checked.ok,
  })
  desk.ctx.reached('scheduler-second-result')
  return { code: 'ALREADY_FINISHED', message: 'another receipt of this job was accepted before' }
}

export function failureArrived(desk: Desk, body: Failed, reply: (verdict: Verdict) => void) {
  const job = desk.book.get(body.jobId)
  if (job === undefined || !isAssignee(job, body)) {
    desk.ctx.log('warn', 'failure-from-non-assignee', { jobId: body.jobId, worker: body.worker })
    return reply({ code: 'NOT_ASSIGNEE', message: 'this job is not assigned to this worker' })
  }
  if (job.phase === 'dispatching' || job.phase === 'running') {
    if (job.cancelRequested) giveUp(desk, job, 'CANCELLED', 'cancelled by the consumer')
    else if (RETRYABLE.includes(body.code)) requeue(desk, job, body.code, body.message)
    else giveUp(desk, job, body.code, body.message)
  }
  desk.book.afterCommit(() => reply(OK))
}

export function cancelWanted(
  desk: Desk,
  jobId: Hex,
  by: Hex,
): { code: JobRefusal | ''; message: string } {
  const job = desk.book.get(jobId)
  if (job === undefined) return { code: 'NOT_FOUND', message: 'no such job' }
  if (job.consumer !== by) return { code: 'FORBIDDEN', message: 'not your job' }
  if (job.state === 'cancelled' || job.cancelRequested) return OK
  if (['settling', 'failing', 'refunding', 'ended'].includes(job.phase)) {
    return { code: 'NOT_CANCELABLE', message: `the job is ${job.state} already` }
  }
  job.cancelRequested = true
  desk.book.save(job)
  if (job.phase === 'queued') giveUp(desk, job, 'CANCELLED', 'cancelled by the consumer')
  if (job.phase === 'running' || job.phase === 'dispatching') stopWorker(desk, job)
  return OK
}

function stopWorker(desk: Desk, job: JobRecord) {
  const pushed = desk.pushed.get(job.jobId)
  if (pushed === undefined || job.worker === undefined) {
    return giveUp(desk, job, 'CANCELLED', 'cancelled by the consumer')
  }
  pushed.cancelledAt = desk.ctx.now()
  const body = { jobId: job.jobId, attempt: job.attempts }
  desk.ctx.tell(GpuWorkerMessages, job.worker, 'Cancel', body)
}
