// GET /api/v1/providers

import { apiRoute } from '../api.ts'

export const providers = apiRoute({
  method: 'GET',
  path: '/api/v1/providers',
  access: 'public',
  summary: 'Providers and what each offers',
  async handle(_, api) {
    const found = await api.scheduler('Providers', null)
    return {
      json: {
        data: found.map(
          ({ worker, address, state, slots, running, models, account, lastSeenMs }) => ({
            worker,
            address,
            state: state.toUpperCase(),
            slots,
            inflight: running,
            rollup_account: account ?? null,
            last_seen: new Date(lastSeenMs).toISOString(),
            models: models.map(({ unitPriceWei, modelId, unitsPerSecond, ...model }) => ({
              id: modelId,
              engine: model.engine,
              device: model.device,
              unit: model.unit ?? 'tokens',
              unit_price_wei: unitPriceWei.toString(),
              units_per_second: Math.round(unitsPerSecond),
            })),
          }),
        ),
      },
    }
  },
})
