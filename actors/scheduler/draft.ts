// A submission that is being looked at, and the job that it becomes once its money is locked.

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { sha256Hex } from '../../protocol/crypto/sha256.ts'
import type { JobRefusal } from '../../protocol/errors/job-refusals.ts'
import type { JobRequest } from '../../protocol/job/job-request.ts'
import { canonicalJson } from '../../protocol/receipt/jcs.ts'
import type { Desk } from './desk.ts'
import { type JobRecord, type JobView, viewOf } from './job-record.ts'
import { traceOf } from './job-trace.ts'

export interface Submission {
  readonly consumer: Hex
  readonly request: string
  readonly escrowTx: Hex | undefined
  /** Of the rollup. */
  readonly lock: { readonly lock: number; readonly use: number } | undefined
  readonly idempotencyKey: string | undefined
}

export interface Submitted {
  readonly code: string
  readonly message: string
  readonly job: JobView | undefined
}

export interface Draft {
  readonly jobId: Hex
  readonly hash: Hex
  readonly request: JobRequest
  readonly submission: Submission
}

export type Reply = (submitted: Submitted) => void

export const no = (code: JobRefusal, message: string): Submitted => ({
  code,
  message,
  job: undefined,
})
export const yes = (job: JobRecord): Submitted => ({ code: '', message: '', job: viewOf(job) })

export function keyHex(submission: Submission): Hex {
  return sha256Hex(`${submission.consumer} ${submission.idempotencyKey}`)
}

/** What the consumer asked for, without the salt and the seed that follows from it. */
export function fingerprintOf(request: JobRequest): Hex {
  const derived = Number.parseInt(request.salt.slice(2, 10), 16)
  const { seed, ...rest } = request.requirements
  const requirements = seed === derived ? rest : { ...rest, seed }
  return sha256Hex(canonicalJson({ ...request, salt: undefined, requirements }))
}

export function create(
  desk: Desk,
  draft: Draft,
  terms: Pick<JobRecord, 'modelRoot' | 'priceCap' | 'deadline' | 'phase' | 'rollup'>,
): JobRecord {
  const { jobId, hash, request, submission } = draft
  const job: JobRecord = {
    ...terms,
    jobId,
    consumer: submission.consumer,
    request: submission.request,
    requestHash: hash,
    type: request.type,
    modelId: request.model_id,
    createdAtMs: desk.ctx.wallTime(),
    state: 'pending',
    price: 0n,
    unitPrice: 0n,
    unit: 'tokens',
    paid: 0n,
    refunded: 0n,
    attempts: 0,
    starts: 0,
    leaseUntil: 0,
    avoid: [],
    updatedAtMs: desk.ctx.wallTime(),
    cancelRequested: false,
    changeSeq: 0,
    stateAtMs: desk.ctx.wallTime(),
    ...traceOf(desk),
  }
  if (submission.idempotencyKey !== undefined) {
    const row = JSON.stringify({ jobId, fingerprint: fingerprintOf(request) })
    desk.book.put('keys', hexToBytes(keyHex(submission)), new TextEncoder().encode(row))
  }
  return job
}
