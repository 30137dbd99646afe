// GET /api/v1/jobs/{job_id}

import { apiRoute } from '../api.ts'
import { jobJson } from '../job-view.ts'
import { ownJob } from '../own-job.ts'

export const getJob = apiRoute({
  method: 'GET',
  path: '/api/v1/jobs/:job_id',
  access: 'account',
  summary: 'One job',
  handle: async ({ params, account }, api) => ({
    json: jobJson(await ownJob(params.job_id, account, api)),
  }),
})
