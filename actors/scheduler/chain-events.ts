// What final blocks say about our jobs. The chain is the truth about money: a job's state follows
// the market's logs, whoever caused them.

import type { Hex } from '../../lib/hex.ts'
import { decodeMarketLog, type MarketLog } from '../../protocol/market/market-log.ts'
import type { Log } from '../../protocol/modules/module.ts'
import { assignOne, push } from './assign-jobs.ts'
import { type Desk, seconds } from './desk.ts'
import { lockLeft } from './frozen-locks.ts'
import { endJob, giveUp, isPartial, LOST, move, tellState } from './job-moves.ts'
import type { JobRecord } from './job-record.ts'
import { asJob, beginSpan, endSpan } from './job-trace.ts'
import type { Mined } from './money-desk.ts'
import { readEscrow } from './submit.ts'

export interface SeenTransaction {
  readonly hash: Hex
  readonly ok: boolean
  readonly logs: readonly Log[]
}

export interface SeenBlock {
  readonly height: number
  /** Unix seconds. */
  readonly timestamp: number
  readonly baseFee: bigint
  readonly transactions: readonly SeenTransaction[]
}

/** Applies one final block; the caller commits. */
export function applyBlock(desk: Desk, block: SeenBlock): void {
  desk.head.height = block.height
  desk.head.timestamp = block.timestamp
  desk.money.baseFee = block.baseFee
  let ours = false
  for (const transaction of block.transactions) {
    const mined = desk.money.mined(transaction.hash)
    if (mined !== undefined && !transaction.ok) reverted(desk, mined)
    for (const log of transaction.logs) {
      const event = decodeMarketLog(log)
      if (event !== undefined && 'jobId' in event) {
        ours = applyEvent(desk, event, transaction.hash, block.height) || ours
      }
      ours = lockLeft(desk, log, block.height) || ours
    }
    ours ||= mined !== undefined
  }
  // Blocks without us are not worth a commit each: they are read again after a crash.
  if (ours || block.height % 256 === 0) desk.book.setMeta('height', block.height)
}

type JobLog = Extract<MarketLog, { jobId: Hex }>

function applyEvent(desk: Desk, event: JobLog, transaction: Hex, height: number): boolean {
  const job = desk.book.get(event.jobId)
  // An escrow of the same id is not what pays a job of a lock.
  if (job === undefined || job.phase === 'ended' || job.rollup) return false
  let ours = false
  asJob(desk, job, () => {
    ours = applyTo(desk, job, event, transaction, height)
  })
  return ours
}

function applyTo(
  desk: Desk,
  job: JobRecord,
  event: JobLog,
  transaction: Hex,
  height: number,
): boolean {
  switch (event.event) {
    case 'EscrowOpened':
      if (event.coordinator !== desk.props.address) return false
      // The consumer may have opened it himself in the meantime, on other terms.
      job.priceCap = event.priceCap
      job.deadline = Number(event.deadline)
      opened(desk, job, transaction, height)
      return true
    case 'Assigned':
      assigned(desk, job, event)
      return true
    case 'Settled': {
      const partial = job.receipt !== undefined && isPartial(job.receipt)
      job.receiptHash ??= event.receiptHash
      endJob(desk, job, partial ? 'settle-partial' : 'settle', {
        paid: event.amount,
        refunded: event.refunded,
        transaction,
        height,
      })
      return true
    }
    case 'Refunded': {
      const called = event.why === 'cancelled' ? 'cancel' : 'call-off'
      const cancelled = event.why === 'cancelled' || job.cancelRequested
      const how = event.why === 'expired' ? 'expire' : cancelled ? called : 'fail'
      endJob(desk, job, how, { paid: 0n, refunded: event.amount, transaction, height })
      return true
    }
  }
}

function opened(desk: Desk, job: JobRecord, transaction: Hex, height: number): void {
  if (job.phase !== 'opening') return
  job.escrowTx = transaction
  job.escrowHeight = height
  job.phase = 'queued'
  desk.book.save(job)
  endSpan(desk, job.jobId, 'escrow final')
  beginSpan(desk, job, 'match')
  tellState(desk, job)
  answerSubmits(desk, job)
  assignOne(desk, job)
}

function answerSubmits(desk: Desk, job: JobRecord): void {
  const waiting = desk.opening.get(job.jobId) ?? []
  desk.opening.delete(job.jobId)
  desk.ctx.cancel(`open ${job.jobId}`)
  desk.book.afterCommit(() => {
    for (const answer of waiting) answer()
  })
}

function assigned(desk: Desk, job: JobRecord, event: Extract<JobLog, { event: 'Assigned' }>) {
  job.attempts = event.attempt
  job.provider = event.provider
  job.price = event.price
  job.leaseUntil = Number(event.leaseUntil)
  if (job.phase !== 'assigning') return desk.book.save(job)
  endSpan(desk, job.jobId, 'assign final')
  move(desk, job, 'assign')
  job.phase = 'dispatching'
  desk.book.save(job)
  if (job.cancelRequested) giveUp(desk, job, 'CANCELLED', 'cancelled by the consumer')
  else push(desk, job)
}

/** One of our transactions was final and refused: the chain knows better, so ask it. */
function reverted(desk: Desk, { jobId, kind }: Mined) {
  desk.ctx.log('warn', 'transaction-refused', { jobId, kind })
  desk.ctx.reached('scheduler-transaction-refused')
  const job = desk.book.get(jobId)
  if (job === undefined || job.phase === 'ended') return
  if (kind === 'open') return neverOpened(desk, job)
  reconcile(desk, job)
}

function neverOpened(desk: Desk, job: JobRecord): void {
  job.errorCode = 'INSUFFICIENT_FUNDS'
  job.errorMessage = 'the market did not lock the price: deposit or allowance too low'
  delete job.escrowTx
  endJob(desk, job, 'fail', { paid: 0n, refunded: 0n })
  answerSubmits(desk, job)
}

/** Puts a job where the chain says it is. Tries until the chain can be read. */
export function reconcile(desk: Desk, job: JobRecord): void {
  const retry = () => desk.ctx.after(`reconcile ${job.jobId}`, 1000, () => reconcile(desk, job))
  const { phase } = job
  readEscrow(
    desk,
    job.jobId,
    (escrow) => {
      if (job.phase !== phase) return
      if (escrow.state === 'none') neverOpened(desk, job)
      else if (escrow.state === 'pending') requeueAs(desk, job, 'queued')
      else if (escrow.state === 'assigned') {
        job.attempts = escrow.attempts
        job.leaseUntil = Number(escrow.leaseUntil)
        job.provider = escrow.provider
        requeueAs(desk, job, 'queued')
      } else retry() // ended: its log is in a block that we are about to read
      desk.book.flush()
    },
    retry,
  )
}

function requeueAs(desk: Desk, job: JobRecord, phase: 'queued'): void {
  desk.workers.release(job.worker, job.jobId)
  desk.pushed.delete(job.jobId)
  job.phase = phase
  if (job.state !== 'pending') move(desk, job, 'requeue')
  // A receipt that cannot be settled any more is worth nothing.
  if (seconds(desk) <= job.deadline) {
    delete job.receipt
    delete job.receiptHash
    delete job.output
  }
  desk.ctx.log('warn', 'job-reconciled', { jobId: job.jobId, why: LOST })
  desk.book.save(job)
}
