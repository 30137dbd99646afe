// From the queue to a worker: matches waiting jobs, sends the assign transaction, and pushes the
// work once the assignment is final.

import { JOB_ASSIGNMENTS_MAX, JOB_LEASE_SECONDS_MIN } from '../../config/limits.ts'
import { assert } from '../../lib/assert.ts'
import type { JobRequest } from '../../protocol/job/job-request.ts'
import { unitsBound } from '../../protocol/job/units-bound.ts'
import { encodeAssign } from '../../protocol/market/market-calls.ts'
import { type Match, matchProviders, type OfferedModel } from '../../protocol/market/matching.ts'
import { GpuWorkerMessages } from '../messages/gpu-worker.ts'
import { type Desk, seconds } from './desk.ts'
import { giveUp, move, requeue } from './job-moves.ts'
import type { JobRecord } from './job-record.ts'
import { asJob, beginSpan, endSpan } from './job-trace.ts'
import { heldLock, isLocked } from './lock-terms.ts'

const PUSH_WITHIN_MS = 5000
/** Nothing is assigned so shortly before the deadline: it could not be settled any more. */
const SECONDS_TO_SETTLE = 3

/** Looks at every waiting job, oldest first. */
export function assignQueued(desk: Desk): void {
  if (!desk.money.ready) return
  const isFree = desk.workers.candidates().some(({ state, slotsFree }) => {
    return state === 'online' && slotsFree > 0
  })
  // With no free slot only jobs whose time or budget may be up are looked at.
  const queued = desk.book
    .open()
    .filter((job) => job.phase === 'queued' && (isFree || job.attempts > 0 || !job.waiting))
  queued.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.jobId < b.jobId ? -1 : 1))
  for (const job of queued) assignOne(desk, job)
}

export function assignOne(desk: Desk, job: JobRecord) {
  const now = seconds(desk)
  if (job.cancelRequested) return giveUp(desk, job, 'CANCELLED', 'cancelled by the consumer')
  if (job.deadline - now < SECONDS_TO_SETTLE) return
  if (job.starts >= JOB_ASSIGNMENTS_MAX) {
    return giveUp(desk, job, 'PROVIDER_LOST', 'the provider was lost, and so was its replacement')
  }
  if (job.attempts > 0 && resume(desk, job)) return
  if (job.attempts > 0 && now < job.leaseUntil) return
  if (job.attempts >= JOB_ASSIGNMENTS_MAX) {
    return giveUp(desk, job, 'PROVIDER_LOST', 'no provider kept this job')
  }
  const request = JSON.parse(job.request) as JobRequest
  const { modelRoot, priceCap, avoid } = job
  const rollup = job.rollup && { payee: job.rollup.payee }
  const wanted = { request, modelRoot, priceCap, avoid, ...(rollup && { rollup }) }
  const { best, waiting } = matchProviders(desk.workers.candidates(), wanted)
  if (best === undefined || !best.freeNow) {
    if (job.waiting === waiting) return
    job.waiting = waiting ?? 'no_capacity'
    return desk.book.save(job)
  }
  agree(desk, job, best)
  if (isLocked(job)) assignLocked(desk, job)
  else sendAssign(desk, job, request, best)
}

function agree(desk: Desk, job: JobRecord, best: Match): void {
  desk.workers.take(best.worker, job.jobId)
  job.worker = best.worker
  job.provider = best.address
  job.price = best.priceWei
  job.unitPrice = best.model.unitPriceWei
  job.unit = best.model.unit
  delete job.waiting
  endSpan(desk, job.jobId, 'match')
}

/** A lock names its provider: there is nothing to say on the chain. */
function assignLocked(desk: Desk, job: JobRecord): void {
  job.attempts++
  move(desk, job, 'assign')
  job.phase = 'dispatching'
  desk.book.save(job)
  push(desk, job)
}

function sendAssign(desk: Desk, job: JobRecord, request: JobRequest, best: Match): void {
  job.phase = 'assigning'
  const lease = leaseSeconds(request, best.model)
  const until = Math.min(desk.head.timestamp + lease, job.deadline)
  const leaseUntil = BigInt(Math.max(until, Math.min(seconds(desk) + lease, job.deadline)))
  const data = encodeAssign(job.jobId, best.address, best.priceWei, leaseUntil)
  beginSpan(desk, job, 'assign final')
  asJob(desk, job, () => desk.money.send(job.jobId, 'assign', data))
  desk.book.save(job)
}

/** Three times what the self-test's speed promises: short, so that a lost job can move on. */
function leaseSeconds(request: JobRequest, model: OfferedModel): number {
  const expected = unitsBound(request, model.unit) / Math.max(model.unitsPerSecond, 0.1)
  return Math.max(JOB_LEASE_SECONDS_MIN, Math.ceil(3 * expected))
}

/** The assigned worker is back before anybody else took over: no second assignment is needed. */
function resume(desk: Desk, job: JobRecord): boolean {
  const worker = desk.workers.workers.get(job.worker ?? '')
  if (worker === undefined || !worker.online || worker.draining) return false
  if (job.avoid.includes(worker.address) || worker.address !== job.provider) return false
  if (worker.jobs.size >= worker.slots) return false
  if (!worker.models.some((model) => model.modelRoot === job.modelRoot)) return false
  desk.workers.take(worker.worker, job.jobId)
  job.phase = 'dispatching'
  delete job.waiting
  endSpan(desk, job.jobId, 'match')
  move(desk, job, 'assign')
  push(desk, job)
  desk.ctx.reached('scheduler-job-resumed')
  return true
}

/** Tells the worker to start. Asking again for the same attempt is harmless. */
export function push(desk: Desk, job: JobRecord) {
  const attempt = job.attempts
  let pushed = desk.pushed.get(job.jobId)
  if (pushed === undefined || pushed.attempt !== attempt) {
    if (job.starts >= JOB_ASSIGNMENTS_MAX) {
      return giveUp(desk, job, 'PROVIDER_LOST', 'started as often as is allowed, never finished')
    }
    job.starts++
    pushed = {
      attempt,
      askedAt: desk.ctx.now(),
      acknowledged: false,
      unlisted: 0,
      chunks: [],
      chunkBytes: 0,
    }
    desk.pushed.set(job.jobId, pushed)
    desk.book.save(job)
  }
  pushed.askedAt = desk.ctx.now()
  asJob(desk, job, () => desk.book.afterCommit(() => askWorker(desk, job, attempt)))
}

function askWorker(desk: Desk, job: JobRecord, attempt: number): void {
  const isCurrent = () => {
    const now = desk.book.get(job.jobId)
    return now?.phase === 'dispatching' && now.attempts === attempt
  }
  if (!isCurrent() || job.worker === undefined) return
  const lock = isLocked(job) ? heldLock(job) : undefined
  assert(job.escrowTx ?? lock, 'scheduler: work pushed before its money is known')
  const body = {
    jobId: job.jobId,
    attempt,
    consumer: job.consumer,
    coordinator: desk.props.address,
    request: job.request,
    modelId: job.modelId,
    modelRoot: job.modelRoot,
    priceWei: job.price,
    escrowTx: job.escrowTx,
    lock,
    deadlineMs: job.deadline * 1000,
  }
  desk.ctx.ask(GpuWorkerMessages, job.worker, 'Assign', body, {
    within: PUSH_WITHIN_MS,
    ok: ({ code, message }) => {
      if (!isCurrent()) return
      if (code === '') started(desk, job)
      else requeue(desk, job, code, message)
      desk.book.flush()
    },
    // The clock asks again as long as the worker's heart beats.
    failed: () => {},
  })
}

export function started(desk: Desk, job: JobRecord): void {
  const pushed = desk.pushed.get(job.jobId)
  if (pushed !== undefined) pushed.acknowledged = true
  job.phase = 'running'
  if (job.state === 'assigned') move(desk, job, 'start')
  desk.book.save(job)
}
