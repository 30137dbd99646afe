// The job behind a receipt: named by the receipt's id or by the job's.

import { type Hex, isHex } from '../../lib/hex.ts'
import type { ApiContext } from './api.ts'
import { ApiError } from './errors.ts'
import type { Job } from './job-view.ts'

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
