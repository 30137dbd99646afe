// A job as the REST API shows it. Money is decimal text in wei, times are RFC 3339 in UTC.

import type { JobView } from '../../actors/messages/scheduler.ts'
import type { Infer } from '../../lib/schema.ts'

export type Job = Infer<typeof JobView>

function parsed(text: string | undefined): unknown {
  return text === undefined ? null : JSON.parse(text)
}

export function jobJson(job: Job) {
  return {
    job_id: job.jobId,
    status: job.state,
    type: job.type,
    model_id: job.modelId,
    model_root: job.modelRoot,
    request_hash: job.requestHash,
    consumer: job.consumer,
    provider: job.provider ?? null,
    assigned_miner_id: job.worker ?? null,
    attempts: job.attempts,
    price_wei: job.priceWei.toString(),
    paid_wei: job.paidWei.toString(),
    refunded_wei: job.refundedWei.toString(),
    payment_status: paymentStatus(job),
    payment: job.rollup ? 'rollup' : 'market',
    rollup: job.rollup ? lockJson(job.rollup) : null,
    escrow_tx: job.escrowTx ?? null,
    escrow_block: job.escrowHeight ?? null,
    settle_tx: job.settleTx ?? null,
    settle_block: job.settleHeight ?? null,
    output: parsed(job.output),
    receipt_id: receiptIdOf(job),
    receipt_hash: job.receiptHash ?? null,
    waiting_reason: job.waiting ?? null,
    trace_id: job.traceId ?? null,
    error: job.errorCode ? { code: job.errorCode, message: job.errorMessage ?? '' } : null,
    requested_at: new Date(job.createdAtMs).toISOString(),
    updated_at: new Date(job.updatedAtMs).toISOString(),
    expires_at: new Date(job.deadlineMs).toISOString(),
  }
}

function lockJson({ ended, ...lock }: NonNullable<Job['rollup']>) {
  return { ...lock, batch: ended?.batch ?? null, position: ended?.position ?? null }
}

/** As in lists: without the output, which may be a megabyte. */
export function jobSummary(job: Job) {
  const { output: _, ...summary } = jobJson(job)
  return summary
}

export function receiptIdOf(job: Job): string | null {
  const receipt = parsed(job.receipt) as { receipt_id?: string } | null
  return receipt?.receipt_id ?? null
}

/** The published states of a receipt on chain: invalid once the money went back instead. */
export function receiptStatus(job: Job): 'pending' | 'claimed' | 'invalid' {
  if (job.settleHeight === undefined) return 'pending'
  return job.state === 'completed' || job.paidWei > 0n ? 'claimed' : 'invalid'
}

/** The published payment states. */
function paymentStatus(job: Job): string {
  if (job.paidWei > 0n) return 'released'
  if (job.refundedWei > 0n) return 'refunded'
  return job.escrowHeight === undefined && !job.rollup ? 'pending' : 'escrowed'
}

const ALIASES: ReadonlyMap<string, Job['state']> = new Map([
  ['queued', 'pending'],
  ['canceled', 'cancelled'],
])

export const JOB_STATES: readonly Job['state'][] = [
  'pending',
  'assigned',
  'running',
  'completed',
  'failed',
  'cancelled',
  'expired',
]

/** A published status name in any case, or undefined. */
export function readState(text: string): Job['state'] | undefined {
  const name = text.toLowerCase()
  return ALIASES.get(name) ?? JOB_STATES.find((state) => state === name)
}
