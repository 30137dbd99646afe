// DELETE /api/v1/jobs/{job_id}: a waiting job is refunded, a running one stops at its next token.

import { apiRoute } from '../api.ts'
import { refusalError } from '../errors.ts'
import { jobJson } from '../job-view.ts'
import { ownJob } from '../own-job.ts'

export const cancelJob = apiRoute({
  method: 'DELETE',
  path: '/api/v1/jobs/:job_id',
  access: 'account',
  summary: 'Cancel a job',
  async handle({ params, account }, api) {
    const { jobId } = await ownJob(params.job_id, account, api)
    const { code, message } = await api.scheduler('Cancel', { jobId, by: account })
    if (code) throw refusalError(code, message)
    const job = await ownJob(jobId, account, api)
    api.jobs.note(job)
    return { status: 202, json: jobJson(job) }
  },
})
