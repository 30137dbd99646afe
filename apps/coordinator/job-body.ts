// The published job body. Its outer form is checked here; what the fields may hold is the market's
// own rule, which the scheduler applies (protocol/job/read-request.ts).

import { z } from 'zod'
import { JOB_INPUT_BYTES_MAX } from '../../config/limits.ts'
import { utf8 } from '../../lib/bytes.ts'
import { ApiError, type ErrorDetail } from './errors.ts'
import { HashSchema, LockSchema } from './fields.ts'

const fields = {
  type: z.string().meta({ examples: ['inference'] }),
  model_id: z.string().meta({ examples: ['stories15m'] }),
  input_data: z.unknown().meta({
    description: 'text, {prompt}, {messages: [{role, content}]} or {input: [text, …]}',
  }),
  requirements: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({
      description:
        'max_tokens, temperature, top_p, top_k, repetition_penalty, seed, stop, deadline_seconds, ' +
        'max_price (wei), provider (address), verification',
    }),
  salt: HashSchema.optional().meta({ description: 'leave it out to get a random one' }),
  version: z.string().optional(),
}

const PAYMENT = 'market (an escrow on the base chain), or rollup (a lock of the rollup)'

export const QuoteBody = z.strictObject({
  ...fields,
  payment: z.enum(['market', 'rollup']).default('market').meta({ description: PAYMENT }),
})

const REQUEST = 'the text that a quote returned; replaces the other fields'
const ESCROW = 'the transaction that locked the price; without it the market deposit is used'
const LOCK = 'the lock of the rollup that holds the price, in the place of escrow_tx'

export const CreateJobBody = z
  .strictObject({
    ...fields,
    type: fields.type.optional(),
    model_id: fields.model_id.optional(),
    input_data: fields.input_data.optional(),
    request: z.string().max(JOB_INPUT_BYTES_MAX).optional().meta({ description: REQUEST }),
    escrow_tx: HashSchema.optional().meta({ description: ESCROW }),
    rollup_lock: LockSchema.optional().meta({ description: LOCK }),
  })
  .superRefine((body, { addIssue }) => {
    if (body.escrow_tx !== undefined && body.rollup_lock !== undefined) {
      addIssue({ code: 'custom', message: 'not with escrow_tx', path: ['rollup_lock'] })
    }
    if (body.request !== undefined) return
    for (const name of ['type', 'model_id', 'input_data'] as const) {
      if (body[name] === undefined) addIssue({ code: 'custom', message: 'missing', path: [name] })
    }
  })

/** Throws ApiError when a request's text is larger than a job may be. */
export function sized(text: string): string {
  if (utf8(text).length <= JOB_INPUT_BYTES_MAX) return text
  throw new ApiError('PAYLOAD_TOO_LARGE', `a job has at most ${JOB_INPUT_BYTES_MAX} bytes`)
}

const PROVIDERS_EXPLAINED_MAX = 20

/** Why each provider does not take the job, out of a quote's `explain`. */
export function explained(text: string): ErrorDetail[] {
  const rows = JSON.parse(text || '[]') as { worker: string; reason: string; detail: string }[]
  return rows.slice(0, PROVIDERS_EXPLAINED_MAX).map(({ worker, reason, detail }) => ({
    provider: worker,
    code: reason,
    message: detail,
  }))
}
