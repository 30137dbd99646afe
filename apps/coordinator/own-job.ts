// A job of the signed-in account; somebody else's looks like none at all.

import { type Hex, isHex } from '../../lib/hex.ts'
import type { ApiContext } from './api.ts'
import { ApiError } from './errors.ts'
import type { Job } from './job-view.ts'

export async function ownJob(id: string | undefined, account: Hex, api: ApiContext): Promise<Job> {
  if (!isHex(id, 32)) {
    throw new ApiError('VALIDATION_ERROR', 'job_id: expected 0x and 64 hex digits')
  }
  const job = await api.scheduler('Job', { jobId: id.toLowerCase() as Hex })
  if (!job || job.consumer !== account) throw new ApiError('NOT_FOUND', 'job not found')
  return job
}
