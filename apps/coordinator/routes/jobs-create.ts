// POST /api/v1/jobs: as published, or the text of a quote with the transaction that locked its price.

import { createHash } from 'node:crypto'
import { z } from 'zod'
import { SUBMIT_PER_MINUTE } from '../../../config/limits.ts'
import type { Hex } from '../../../lib/hex.ts'
import { type ApiContext, apiRoute } from '../api.ts'
import { ApiError, refusalError } from '../errors.ts'
import { HashSchema } from '../fields.ts'
import { jobJson } from '../job-view.ts'
import { JobBody } from './quotes.ts'

const KEY = /^[\x21-\x7e]{1,100}$/
/** Submitting waits for the escrow to be final. */
const SUBMIT_MS = 20_000

const Body = z.union([
  z.strictObject({ request: z.string(), escrow_tx: HashSchema.optional() }),
  JobBody,
])

async function canonical(body: z.infer<typeof Body>, account: Hex, api: ApiContext) {
  if ('request' in body && typeof body.request === 'string') return body.request
  const quote = await api.scheduler('Quote', { consumer: account, request: JSON.stringify(body) })
  if (quote.code) throw refusalError(quote.code, quote.message)
  return quote.request
}

/** Keys of finished calls: the same key and body give the same job, another body a conflict. */
class Replays {
  private readonly byKey = new Map<string, { digest: string; job: Promise<Hex> }>()

  async run(key: string, digest: string, create: () => Promise<Hex>) {
    const known = this.byKey.get(key)
    if (known) {
      if (known.digest === digest) return { jobId: await known.job, replayed: true }
      throw new ApiError('CONFLICT', 'this Idempotency-Key was used with another body')
    }
    const job = create()
    this.byKey.set(key, { digest, job })
    if (this.byKey.size > 10_000) this.byKey.delete(this.byKey.keys().next().value as string)
    job.catch(() => this.byKey.delete(key))
    return { jobId: await job, replayed: false }
  }
}

const replays = new Replays()

export const createJob = apiRoute({
  method: 'POST',
  path: '/api/v1/jobs',
  access: 'account',
  summary: 'Create a job; its price is locked before it is accepted',
  body: Body,
  perMinute: SUBMIT_PER_MINUTE,
  async handle({ body, headers, account }, api) {
    const key = headers['idempotency-key']
    if (key !== undefined && !KEY.test(key)) {
      throw new ApiError('VALIDATION_ERROR', 'Idempotency-Key: 1 to 100 visible ASCII characters')
    }
    const create = async (): Promise<Hex> => {
      const request = await canonical(body, account, api)
      const escrowTx = 'escrow_tx' in body ? (body.escrow_tx as Hex | undefined) : undefined
      const submission = { consumer: account, request, escrowTx, idempotencyKey: key }
      const { code, message, job } = await api.scheduler('Submit', submission, SUBMIT_MS)
      if (code || !job) throw refusalError(code, message)
      return job.jobId
    }
    const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex')
    const { jobId, replayed } =
      key === undefined
        ? { jobId: await create(), replayed: false }
        : await replays.run(`${account} ${key}`, digest, create)
    const job = await api.scheduler('Job', { jobId })
    if (!job) throw new ApiError('INTERNAL_ERROR', 'the job was accepted and cannot be found')
    return {
      status: replayed ? 200 : 201,
      headers: {
        location: `/api/v1/jobs/${jobId}`,
        ...(replayed && { 'idempotency-replayed': 'true' }),
      },
      json: jobJson(job),
    }
  },
})
