// GET /api/v1/status: height, finality, validators and jobs, as measured.

import { apiRoute } from '../api.ts'

export const status = apiRoute({
  method: 'GET',
  path: '/api/v1/status',
  access: 'public',
  summary: 'The state of the cluster',
  async handle(_, api) {
    const { height, mode, facts, finalityMs, validators, jobs } = await api.status()
    return {
      json: {
        height,
        mode,
        ...facts,
        finality_ms: { p50: finalityMs.p50 ?? null, p99: finalityMs.p99 ?? null },
        validators: validators.map(({ id, height: at, blockHash, stateRoot }) => ({
          id,
          height: at,
          block_hash: blockHash,
          state_root: stateRoot,
        })),
        jobs,
      },
    }
  },
})
