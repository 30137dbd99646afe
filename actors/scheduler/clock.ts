// What happens because time passes: silent workers, unanswered pushes, deadlines.

import { HEARTBEATS_MISSED_MAX, JOB_CANCEL_GRACE_MS } from '../../config/limits.ts'
import { assignQueued, push, started } from './assign-jobs.ts'
import { type Desk, seconds } from './desk.ts'
import { giveUp, LOST, refundLate, requeue } from './job-moves.ts'
import type { JobRecord } from './job-record.ts'

const PUSH_AGAIN_MS = 2000
/** So many heartbeats without the job mean that the worker has forgotten it. */
const UNLISTED_MAX = 3

export function tick(desk: Desk): void {
  findLostWorkers(desk)
  desk.events.tick()
  if (!desk.money.ready) return
  for (const job of desk.book.open()) {
    if (isLate(desk, job)) refundLate(desk, job)
    else if (job.phase === 'dispatching' || job.phase === 'running') watch(desk, job)
    else desk.advance(job)
  }
  assignQueued(desk)
  desk.money.tick()
  desk.book.flush()
}

/** Past the deadline, and no transaction of ours is still on its way. */
function isLate(desk: Desk, job: JobRecord): boolean {
  if (job.phase === 'ended' || job.phase === 'opening') return false
  // The deadline of a lock is a height, and what is signed of it counts until then.
  if (job.rollup && ['settling', 'failing'].includes(job.phase)) return false
  return seconds(desk) > job.deadline + 1 && !desk.money.isWaiting(job.jobId)
}

function findLostWorkers(desk: Desk): void {
  const silence = HEARTBEATS_MISSED_MAX * desk.props.heartbeatMs
  for (const worker of desk.workers.workers.values()) {
    if (!worker.online || desk.ctx.now() - worker.seenAt <= silence) continue
    worker.online = false
    desk.ctx.log('warn', 'worker-lost', { worker: worker.worker })
    desk.ctx.reached('scheduler-worker-lost')
  }
}

function watch(desk: Desk, job: JobRecord) {
  const worker = desk.workers.workers.get(job.worker ?? '')
  const pushed = desk.pushed.get(job.jobId)
  const now = desk.ctx.now()
  if (worker === undefined || !worker.online) {
    // After a restart of ours, workers get time to register again.
    const silence = HEARTBEATS_MISSED_MAX * desk.props.heartbeatMs
    if (worker === undefined && now - desk.startedAt < silence) return
    return requeue(desk, job, LOST, 'the worker fell silent')
  }
  if (pushed?.cancelledAt !== undefined && now - pushed.cancelledAt > JOB_CANCEL_GRACE_MS) {
    return giveUp(desk, job, 'CANCELLED', 'cancelled by the consumer; the worker did not stop')
  }
  if (pushed === undefined) return takeUp(desk, job, worker.running)
  if (!pushed.acknowledged && now - pushed.askedAt > PUSH_AGAIN_MS) push(desk, job)
  if (pushed.acknowledged && pushed.unlisted >= UNLISTED_MAX) {
    requeue(desk, job, LOST, 'the worker has forgotten the job')
  }
}

/** Work that was pushed before our last restart: it goes on, or is pushed again. */
function takeUp(desk: Desk, job: JobRecord, running: ReadonlySet<string>) {
  if (job.cancelRequested) {
    return giveUp(desk, job, 'CANCELLED', 'cancelled by the consumer')
  }
  if (!running.has(`${job.jobId}/${job.attempts}`)) {
    job.phase = 'dispatching'
    return push(desk, job)
  }
  desk.pushed.set(job.jobId, {
    attempt: job.attempts,
    askedAt: desk.ctx.now(),
    acknowledged: true,
    unlisted: 0,
    chunks: undefined,
    chunkBytes: 0,
  })
  started(desk, job)
}
