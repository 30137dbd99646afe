// GET /api/v1/health, /health/live and /health/ready: ready means that the chain and the scheduler
// really answer. Without the job list everything but listing works.

import type { ApiContext } from '../api.ts'
import { type ApiReply, apiRoute } from '../api.ts'

async function check(ask: () => Promise<unknown>): Promise<string> {
  try {
    await ask()
    return 'ok'
  } catch (error) {
    return (error as Error).message
  }
}

async function ready(api: ApiContext): Promise<ApiReply> {
  const [chain, scheduler, jobList] = await Promise.all([
    check(() => api.archive('Head', null)),
    check(() => api.scheduler('Providers', null)),
    check(() => api.jobs.check()),
  ])
  const isReady = chain === 'ok' && scheduler === 'ok'
  return {
    status: isReady ? 200 : 503,
    json: {
      status: isReady ? 'ok' : 'unavailable',
      checks: { chain, scheduler, job_list: jobList },
    },
  }
}

export const health = ['/api/v1/health', '/api/v1/health/ready', '/health/ready'].map((path) =>
  apiRoute({
    method: 'GET',
    path,
    access: 'public',
    summary: 'Whether the coordinator can do its work',
    handle: (_, api) => ready(api),
  }),
)

export const live = ['/api/v1/health/live', '/health/live'].map((path) =>
  apiRoute({
    method: 'GET',
    path,
    access: 'public',
    summary: 'Whether the process answers',
    handle: async () => ({ json: { status: 'ok' } }),
  }),
)
