// POST /api/v1/quotes: what a job would cost, who would do it, and the exact text to submit.

import { SUBMIT_PER_MINUTE } from '../../../config/limits.ts'
import { apiRoute } from '../api.ts'
import { refusalError } from '../errors.ts'
import { explained, QuoteBody, sized } from '../job-body.ts'

export const quotes = apiRoute({
  method: 'POST',
  path: '/api/v1/quotes',
  access: 'account',
  traced: true,
  summary: 'Price a job before anything is spent',
  body: QuoteBody,
  perMinute: SUBMIT_PER_MINUTE,
  async handle({ body: { payment, ...body }, account }, api) {
    const request = sized(JSON.stringify(body))
    const quote = await api.scheduler('Quote', { consumer: account, request, payment })
    if (quote.code) throw refusalError(quote.code, quote.message, explained(quote.explain))
    return {
      json: {
        job_id: quote.jobId,
        request: quote.request,
        request_hash: quote.requestHash,
        model_id: quote.modelId,
        model_root: quote.modelRoot,
        price_wei: quote.priceWei.toString(),
        deadline: new Date(quote.deadlineSeconds * 1000).toISOString(),
        deadline_seconds: quote.deadlineSeconds,
        coordinator: quote.coordinator,
        market: quote.market,
        lock: quote.lock ?? null,
        matching: quote.matching,
        explain: quote.explain ? JSON.parse(quote.explain) : [],
      },
    }
  },
})
