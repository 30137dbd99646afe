// GET /api/v1/jobs?status=pending&limit=10&cursor=…

import { JOBS_LIST_MAX } from '../../../config/limits.ts'
import { apiRoute } from '../api.ts'
import { ApiError } from '../errors.ts'
import { JOB_STATES, readState } from '../job-view.ts'

const LIMIT_DEFAULT = 20

function readLimit(text: string | null): number {
  if (text === null) return LIMIT_DEFAULT
  const limit = Number(text)
  if (/^\d{1,4}$/.test(text) && limit >= 1 && limit <= JOBS_LIST_MAX) return limit
  throw new ApiError('VALIDATION_ERROR', `limit: expected a number from 1 to ${JOBS_LIST_MAX}`)
}

export const listJobs = apiRoute({
  method: 'GET',
  path: '/api/v1/jobs',
  access: 'account',
  summary: 'The account’s jobs, newest first',
  query: ['status', 'limit', 'cursor'],
  async handle({ query, account }, api) {
    const status = query.get('status')
    const state = status === null ? undefined : readState(status)
    if (status !== null && !state) {
      throw new ApiError('VALIDATION_ERROR', `status: expected one of ${JOB_STATES.join(', ')}`)
    }
    const limit = readLimit(query.get('limit'))
    const { jobs, nextCursor } = await api.jobs.list(
      account,
      state,
      limit,
      query.get('cursor') ?? undefined,
    )
    return { json: { data: jobs, jobs, next_cursor: nextCursor, has_more: nextCursor !== null } }
  },
})
