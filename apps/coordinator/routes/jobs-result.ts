// GET /api/v1/jobs/{job_id}/result: what the model returned, with its receipt.

import { apiRoute } from '../api.ts'
import { ApiError } from '../errors.ts'
import { jobJson } from '../job-view.ts'
import { ownJob } from '../own-job.ts'

export const jobResult = apiRoute({
  method: 'GET',
  path: '/api/v1/jobs/:job_id/result',
  access: 'account',
  summary: 'The result of an ended job',
  async handle({ params, account }, api) {
    const job = await ownJob(params.job_id, account, api)
    if (['pending', 'assigned', 'running'].includes(job.state)) {
      throw new ApiError('JOB_NOT_READY', 'job not ready', [], { 'retry-after': '1' })
    }
    if (job.output === undefined) {
      throw new ApiError('CONFLICT', `the job ${job.state} without a result`)
    }
    const { output, ...rest } = jobJson(job)
    const receipt = job.receipt === undefined ? null : JSON.parse(job.receipt)
    return { json: { job_id: rest.job_id, status: rest.status, result: output, receipt } }
  },
})
