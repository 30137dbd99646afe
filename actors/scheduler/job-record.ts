// A job as the scheduler keeps it on disk, and as it shows it. Wei are text on disk, so that the
// record is plain JSON.

import { utf8 } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import type { Infer } from '../../lib/schema.ts'
import type { JobState } from '../../protocol/market/job-table.ts'
import type { JobView as JobViewSchema } from '../messages/scheduler.ts'

export type JobView = Infer<typeof JobViewSchema>

/**
 * Where the scheduler itself stands; finer than the job's state. `opening`, `assigning`,
 * `settling`, `failing` and `refunding` wait for a transaction of ours to become final; of a job
 * that a lock pays the first two wait for what its provider signs.
 */
export type Phase =
  | 'opening'
  | 'queued'
  | 'assigning'
  | 'dispatching'
  | 'running'
  | 'settling'
  | 'failing'
  | 'refunding'
  | 'ended'

/** The lock of the rollup that pays a job, and where the batch is that emptied it. */
export interface LockPayment {
  readonly lock: number
  readonly use: number
  readonly owner: number
  readonly payee: number
  /** Height of the base chain. */
  readonly deadline: number
  ended?: { readonly batch: number; readonly position: number }
}

export interface JobRecord {
  readonly jobId: Hex
  readonly consumer: Hex
  /** Canonical request text. */
  readonly request: string
  readonly requestHash: Hex
  readonly type: string
  readonly modelId: string
  readonly modelRoot: Hex
  /** Wei locked in the escrow, or in the lock. */
  priceCap: bigint
  /** Unix seconds. */
  deadline: number
  readonly createdAtMs: number
  phase: Phase
  state: JobState
  /** Agreed with the assigned provider. */
  price: bigint
  unitPrice: bigint
  unit: 'tokens' | 'inputs'
  paid: bigint
  refunded: bigint
  provider?: Hex
  worker?: string
  /** Assignments on chain. */
  attempts: number
  /** Times that a worker was told to start. */
  starts: number
  leaseUntil: number
  avoid: Hex[]
  updatedAtMs: number
  /** In the place of an escrow. */
  readonly rollup?: LockPayment
  /** What the provider signed about his lock, until it is final (sent-operation.ts). */
  operation?: Hex
  escrowTx?: Hex
  escrowHeight?: number
  settleTx?: Hex
  settleHeight?: number
  output?: string
  receipt?: string
  receiptHash?: Hex
  errorCode?: string
  errorMessage?: string
  waiting?: string
  cancelRequested: boolean
  /** Its newest entry in the table of changes; 0 before the first. */
  changeSeq: number
  /** W3C traceparent of its submission; absent in records of before and of untraced jobs. */
  readonly trace?: string
  /** Unix milliseconds at which it came into its present state; absent in records of before. */
  stateAtMs?: number
}

const WEI = ['priceCap', 'price', 'unitPrice', 'paid', 'refunded'] as const

export function encodeRecord(job: JobRecord): Uint8Array {
  const wei = Object.fromEntries(WEI.map((name) => [name, job[name].toString()]))
  return utf8(JSON.stringify({ ...job, ...wei }))
}

/** Only our own commits are read back: what does not parse is a broken disk, and throws. */
export function decodeRecord(bytes: Uint8Array): JobRecord {
  const plain = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
  const wei = Object.fromEntries(WEI.map((name) => [name, BigInt(plain[name] as string)]))
  return { ...plain, ...wei } as unknown as JobRecord
}

export function viewOf(job: JobRecord): JobView {
  return {
    jobId: job.jobId,
    consumer: job.consumer,
    state: job.state,
    type: job.type,
    modelId: job.modelId,
    modelRoot: job.modelRoot,
    requestHash: job.requestHash,
    priceWei: job.priceCap,
    paidWei: job.paid,
    refundedWei: job.refunded,
    provider: job.provider,
    worker: job.worker,
    attempts: job.attempts,
    createdAtMs: job.createdAtMs,
    updatedAtMs: job.updatedAtMs,
    deadlineMs: job.deadline * 1000,
    rollup: job.rollup && { ...job.rollup, ended: job.rollup.ended },
    escrowTx: job.escrowTx,
    escrowHeight: job.escrowHeight,
    settleTx: job.settleTx,
    settleHeight: job.settleHeight,
    output: job.output,
    receipt: job.receipt,
    receiptHash: job.receiptHash,
    errorCode: job.errorCode,
    errorMessage: job.errorMessage,
    waiting: job.phase === 'queued' ? job.waiting : undefined,
    traceId: job.trace?.split('-')[1],
  }
}
