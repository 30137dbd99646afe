// GET /api/v1/health, /health/live and /health/ready: ready means that the chain and the scheduler
// really answer.

import type { ApiContext } from '../api.ts'
import { type ApiReply, apiRoute } from '../api.ts'

async function ready(api: ApiContext): Promise<ApiReply> {
  const check = async (name: string, ask: () => Promise<unknown>) => {
    try {
      await ask()
      return [name, 'ok'] as const
    } catch (error) {
      return [name, (error as Error).message] as const
    }
  }
  const checks = await Promise.all([
    check('chain', () => api.archive('Head', null)),
    check('scheduler', () => api.scheduler('Providers', null)),
  ])
  const ok = checks.every(([, said]) => said === 'ok')
  return {
    status: ok ? 200 : 503,
    json: { status: ok ? 'ok' : 'unavailable', checks: Object.fromEntries(checks) },
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
