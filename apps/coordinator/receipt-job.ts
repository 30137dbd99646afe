// The job behind a receipt: named by the receipt's id or by the job's.

import { type Hex, isHex } from '../../lib/hex.ts'
import type { ApiContext } from './api.ts'
import { ApiError } from './errors.ts'
import type { Job } from './job-view.ts'

/** Throws ApiError NOT_FOUND also while there is no receipt yet. */
export async function receiptJob(id: string | undefined, api: ApiContext): Promise<Job> {
  if (!isHex(id, 32)) {
    throw new ApiError('VALIDATION_ERROR', 'receipt_id: expected 0x and 64 hex digits')
  }
  const hash = id.toLowerCase() as Hex
  const direct = await api.scheduler('Job', { jobId: hash })
  const named = direct ? undefined : await api.jobs.jobOfReceipt(hash)
  const job = direct ?? (named && (await api.scheduler('Job', { jobId: named })))
  if (!job?.receipt) throw new ApiError('NOT_FOUND', 'receipt not found')
  return job
}

/** The same for who paid or was paid; to anybody else it looks like no receipt at all. */
export async function ownReceiptJob(
  id: string | undefined,
  account: Hex,
  api: ApiContext,
): Promise<Job> {
  const job = await receiptJob(id, api)
  if (job.consumer === account || job.provider === account) return job
  throw new ApiError('NOT_FOUND', 'receipt not found')
}
