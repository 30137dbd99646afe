// POST /api/v1/jobs: as published, or the text of a quote with the transaction that locked its
// price.

import type { z } from 'zod'
import { SUBMIT_PER_MINUTE } from '../../../config/limits.ts'
import type { Hex } from '../../../lib/hex.ts'
import { type ApiContext, type ApiRequest, apiRoute } from '../api.ts'
import { ApiError, refusalError } from '../errors.ts'
import { CreateJobBody, explained, sized } from '../job-body.ts'
import { type Job, jobJson } from '../job-view.ts'

const KEY = /^[\x21-\x7e]{1,100}$/
/** Submitting waits for the escrow to be final. */
const SUBMIT_MS = 20_000

type Body = z.infer<typeof CreateJobBody>

function saltOf(request: string): unknown {
  try {
    return JSON.parse(request)?.salt
  } catch {
    throw new ApiError('VALIDATION_ERROR', 'request: expected the text that a quote returned')
  }
}

interface Canonical {
  readonly request: string
  /** Only if it was quoted here. */
  readonly requestHash?: Hex
}

/** The text to submit: the quote's, or one made of the published fields. */
async function canonical(body: Body, account: Hex, api: ApiContext): Promise<Canonical> {
  const { request, escrow_tx: escrowTx, rollup_lock: lock, ...published } = body
  if (request !== undefined) sized(request)
  const isPublished = Object.values(published).some((value) => value !== undefined)
  if (request !== undefined && !isPublished) return { request }
  const own = escrowTx !== undefined ? 'escrow_tx' : lock && 'rollup_lock'
  if (request === undefined && own && published.salt === undefined) {
    throw new ApiError('VALIDATION_ERROR', `${own}: send it with the request of its quote`)
  }
  const whole = request === undefined ? published : { ...published, salt: saltOf(request) }
  const text = sized(JSON.stringify(whole))
  const payment = lock ? 'rollup' : 'market'
  const quote = await api.scheduler('Quote', { consumer: account, request: text, payment })
  if (quote.code) throw refusalError(quote.code, quote.message, explained(quote.explain))
  if (request === undefined || request === quote.request) return quote
  throw new ApiError('VALIDATION_ERROR', 'request: it differs from the other fields; send one')
}

/** The job, and whether the scheduler knew it by its idempotency key. */
async function submit(
  body: Body,
  account: Hex,
  idempotencyKey: string | undefined,
  api: ApiContext,
): Promise<{ job: Job; replayed: boolean }> {
  const { request, requestHash } = await canonical(body, account, api)
  const { escrow_tx: escrowTx, rollup_lock: lock } = body
  const submission = { consumer: account, request, escrowTx, lock, idempotencyKey }
  const { code, message, job } = await api.scheduler('Submit', submission, SUBMIT_MS)
  if (code || !job) throw refusalError(code, message)
  return { job, replayed: requestHash !== undefined && requestHash !== job.requestHash }
}

async function submitOnce({ body, account }: ApiRequest<Body>, key: string, api: ApiContext) {
  let known = false
  const { jobId, replayed } = await api.replays.run(`${account} ${key}`, body, async () => {
    const submitted = await submit(body, account, key, api)
    known = submitted.replayed
    return submitted.job.jobId
  })
  const job = await api.scheduler('Job', { jobId })
  if (!job) throw new ApiError('INTERNAL_ERROR', 'the job was accepted and cannot be found')
  return { job, replayed: replayed || known }
}

export const createJob = apiRoute({
  method: 'POST',
  path: '/api/v1/jobs',
  access: 'account',
  traced: true,
  summary: 'Create a job; its price is locked before it is accepted',
  body: CreateJobBody,
  perMinute: SUBMIT_PER_MINUTE,
  async handle(request, api) {
    const { body, account, headers } = request
    const key = headers['idempotency-key']
    if (key !== undefined && !KEY.test(key)) {
      throw new ApiError('VALIDATION_ERROR', 'Idempotency-Key: 1 to 100 visible ASCII characters')
    }
    const { job, replayed } =
      key === undefined
        ? await submit(body, account, key, api)
        : await submitOnce(request, key, api)
    api.jobs.note(job)
    return {
      status: replayed ? 200 : 201,
      headers: {
        location: `/api/v1/jobs/${job.jobId}`,
        ...(replayed && { 'idempotency-replayed': 'true' }),
      },
      json: jobJson(job),
    }
  },
})
