// GET /api/v1/models: what is offered now, by whom how many, at what price.

import { apiRoute } from '../api.ts'

export const models = apiRoute({
  method: 'GET',
  path: '/api/v1/models',
  access: 'public',
  summary: 'Models that providers offer',
  async handle(_, api) {
    const offers = new Map<string, { model: Record<string, unknown>; providers: number }>()
    for (const provider of await api.scheduler('Providers', null)) {
      if (provider.state !== 'online') continue
      for (const { unitPriceWei, modelId, modelRoot, engine, device, unit } of provider.models) {
        const known = offers.get(modelId)
        if (known) known.providers++
        else {
          const price = unitPriceWei.toString()
          const model = {
            id: modelId,
            model_root: modelRoot,
            engine,
            device,
            unit: unit ?? 'tokens',
            unit_price_wei: price,
          }
          offers.set(modelId, { model, providers: 1 })
        }
      }
    }
    return {
      json: { data: [...offers.values()].map(({ model, providers }) => ({ ...model, providers })) },
    }
  },
})
