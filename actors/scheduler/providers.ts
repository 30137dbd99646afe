// Providers that come, stay and go: registration and heartbeats.

import { PROVIDER_SLOTS_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Infer } from '../../lib/schema.ts'
import type { SchedulerMessages } from '../messages/scheduler.ts'
import { assignQueued } from './assign-jobs.ts'
import type { Desk } from './desk.ts'
import { findAccount } from './shard-asks.ts'
import type { Worker } from './worker-desk.ts'

type Bodies = (typeof SchedulerMessages)['verbs']
type Register = Infer<Bodies['Register']['body']>
type Registered = Infer<Bodies['Register']['reply']>
type Heartbeat = Infer<Bodies['Heartbeat']['body']>

export function register(desk: Desk, body: Register): Registered {
  const { heartbeatMs } = desk.props
  if (body.slots === 0 || body.slots > PROVIDER_SLOTS_MAX) {
    const message = `slots must be between 1 and ${PROVIDER_SLOTS_MAX}`
    return { code: 'BAD_SLOTS', message, heartbeatMs }
  }
  const worker = desk.workers.register(body.worker, body.address, body.slots)
  worker.models = body.models.map((model) => ({ ...model, unit: model.unit ?? 'tokens' }))
  worker.views = body.models
  worker.draining = body.state === 'draining'
  seen(desk, body.worker)
  lookForAccount(desk, worker, body.spendKey)
  for (const job of desk.book.open()) {
    const holdsSlot = ['assigning', 'dispatching', 'running'].includes(job.phase)
    if (job.worker === body.worker && holdsSlot) worker.jobs.add(job.jobId)
  }
  assignQueued(desk)
  return { code: '', message: '', heartbeatMs }
}

/** A provider who registers an account while he runs can be paid by locks from then on. */
function lookForAccount(desk: Desk, worker: Worker, spendKey: Hex | undefined): void {
  if (worker.spendKey !== spendKey) {
    worker.spendKey = spendKey
    worker.account = undefined
  }
  if (spendKey === undefined || worker.account !== undefined) return
  findAccount(desk, worker.address, spendKey, (index) => {
    if (index === undefined || worker.spendKey !== spendKey) return
    worker.account = index
    assignQueued(desk)
    desk.book.flush()
  })
}

export function heartbeat(desk: Desk, body: Heartbeat) {
  const worker = desk.workers.workers.get(body.worker)
  if (worker === undefined) {
    return desk.ctx.log('debug', 'heartbeat-of-unknown-worker', { worker: body.worker })
  }
  seen(desk, body.worker)
  worker.running = new Set(body.running.map(({ jobId, attempt }) => `${jobId}/${attempt}`))
  for (const jobId of worker.jobs) {
    const pushed = desk.pushed.get(jobId)
    if (pushed === undefined || !pushed.acknowledged) continue
    const listed = worker.running.has(`${jobId}/${pushed.attempt}`)
    pushed.unlisted = listed ? 0 : pushed.unlisted + 1
  }
}

function seen(desk: Desk, name: string): void {
  const worker = desk.workers.workers.get(name)
  if (worker === undefined) return
  worker.seenAt = desk.ctx.now()
  worker.seenAtWallMs = desk.ctx.wallTime()
  worker.online = true
}
