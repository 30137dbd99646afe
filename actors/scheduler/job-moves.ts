// Moving a job through the job table: the only place that changes a job's state, gives its slot
// back, or ends it.

import { assert } from '../../lib/assert.ts'
import type { Hex } from '../../lib/hex.ts'
import { type JobEvent, step } from '../../protocol/market/job-table.ts'
import { encodeFail, encodeRefund } from '../../protocol/market/market-calls.ts'
import { type Desk, seconds } from './desk.ts'
import type { JobRecord } from './job-record.ts'
import { asJob, beginSpan, endSpans } from './job-trace.ts'
import { isLocked, type LockedJob } from './lock-terms.ts'

const LATE = 'the deadline passed before a result was settled'

/** The code with which a job is requeued when its worker fell silent. */
export const LOST = 'PROVIDER_LOST'

export function move(desk: Desk, job: JobRecord, event: JobEvent): void {
  const to = step(job.state, event)
  assert(to !== undefined, `scheduler: ${event} of a job that is ${job.state}`)
  const changed = to.next !== job.state
  job.state = to.next
  if (!changed) return
  job.stateAtMs = desk.ctx.wallTime()
  tellState(desk, job)
}

export function tellState(desk: Desk, job: JobRecord): void {
  desk.events.add(job.jobId, 'state', stateData(job))
}

export function stateData(job: JobRecord): Record<string, unknown> {
  return {
    state: job.state,
    job_id: job.jobId,
    provider: job.provider,
    worker: job.worker,
    attempts: job.attempts,
    escrow_tx: job.escrowTx,
    escrow_height: job.escrowHeight,
    rollup_lock: job.rollup && { lock: job.rollup.lock, use: job.rollup.use },
    settle_tx: job.settleTx,
    settle_height: job.settleHeight,
    price_wei: job.priceCap.toString(),
    paid_wei: job.paid.toString(),
    refunded_wei: job.refunded.toString(),
    error_code: job.errorCode,
  }
}

export function receiptData(job: JobRecord): Record<string, unknown> {
  const receipt: unknown = job.receipt === undefined ? null : JSON.parse(job.receipt)
  return { receipt_hash: job.receiptHash, receipt }
}

/**
 * Back to the queue, for another provider; or for the same one if he was only `lost` and returns.
 * The budget of assignments and starts is checked when it leaves the queue.
 */
export function requeue(desk: Desk, job: JobRecord, code: string, message: string): void {
  desk.workers.release(job.worker, job.jobId)
  desk.pushed.delete(job.jobId)
  const { provider, avoid } = job
  if (provider !== undefined && code !== LOST && !avoid.includes(provider)) avoid.push(provider)
  desk.ctx.log('warn', 'job-requeued', { jobId: job.jobId, worker: job.worker, code, message })
  desk.ctx.reached('scheduler-job-requeued')
  job.phase = 'queued'
  job.waiting = 'no_capacity'
  move(desk, job, 'requeue')
  desk.book.save(job)
  beginSpan(desk, job, 'match')
}

/** All the money back: by `fail`, or by `refund` when the deadline has passed. */
export function giveUp(desk: Desk, job: JobRecord, code: string, message: string) {
  if (['settling', 'failing', 'refunding', 'ended'].includes(job.phase)) return
  desk.workers.release(job.worker, job.jobId)
  desk.pushed.delete(job.jobId)
  job.errorCode ??= code.slice(0, 64)
  job.errorMessage ??= message.slice(0, 512)
  if (isLocked(job)) return giveBack(desk, job)
  if (seconds(desk) > job.deadline) return refundLate(desk, job)
  job.phase = 'failing'
  beginSpan(desk, job, 'refund final')
  const data = encodeFail(job.jobId, job.cancelRequested ? 1 : 2)
  asJob(desk, job, () => desk.money.send(job.jobId, 'fail', data))
  desk.book.save(job)
}

/** The provider is asked to; what he does not give back does the lock's deadline. */
function giveBack(desk: Desk, job: LockedJob): void {
  job.phase = 'failing'
  beginSpan(desk, job, 'refund final')
  desk.book.save(job)
  desk.book.afterCommit(() => desk.advance(job))
}

export function refundLate(desk: Desk, job: JobRecord): void {
  if (isLocked(job)) {
    desk.ctx.reached('scheduler-job-expired')
    giveUp(desk, job, 'EXPIRED', LATE)
    return
  }
  desk.workers.release(job.worker, job.jobId)
  desk.pushed.delete(job.jobId)
  job.errorCode ??= 'EXPIRED'
  job.errorMessage ??= LATE
  job.phase = 'refunding'
  beginSpan(desk, job, 'refund final')
  asJob(desk, job, () => desk.money.send(job.jobId, 'refund', encodeRefund(job.jobId)))
  desk.book.save(job)
  desk.ctx.reached('scheduler-job-expired')
}

/** Whether the receipt covers what was made until a job was stopped. */
export function isPartial(receipt: string): boolean {
  return (JSON.parse(receipt) as { status?: string }).status === 'cancelled'
}

export interface Ending {
  readonly paid: bigint
  readonly refunded: bigint
  readonly transaction?: Hex
  readonly height?: number
}

/** The chain has moved the money: the job has ended. */
export function endJob(desk: Desk, job: JobRecord, event: JobEvent, ending: Ending): void {
  desk.workers.release(job.worker, job.jobId)
  desk.pushed.delete(job.jobId)
  endSpans(desk, job.jobId)
  // A receipt may settle while the job was back in the queue.
  if (step(job.state, event) === undefined) move(desk, job, 'assign')
  job.phase = 'ended'
  job.paid = ending.paid
  job.refunded = ending.refunded
  if (ending.transaction !== undefined) job.settleTx = ending.transaction
  if (ending.height !== undefined) job.settleHeight = ending.height
  if (event === 'settle' || event === 'settle-partial') {
    delete job.errorCode
    delete job.errorMessage
  }
  const { errorCode: code, errorMessage: message } = job
  if (code !== undefined) desk.events.add(job.jobId, 'error', { code, message })
  move(desk, job, event)
  desk.book.save(job)
  desk.events.end(job.jobId)
  desk.ctx.reached(`scheduler-job-${job.state}`)
}
