// POST /api/v1/receipts/verify: as published {receipt_id, proof, public_inputs}, or a whole file as
// {bundle} or {receipt}. The server's word is a convenience: the same check runs offline.

import { z } from 'zod'
import { AUTH_PER_MINUTE } from '../../../config/limits.ts'
import { canonicalJson } from '../../../protocol/receipt/jcs.ts'
import { verifyReceipt } from '../../../sdk/receipts/verify-receipt.ts'
import { apiRoute } from '../api.ts'
import { ApiError } from '../errors.ts'
import { HashSchema } from '../fields.ts'
import { receiptJob } from '../receipt-job.ts'

const Published = z.strictObject({
  receipt_id: HashSchema,
  proof: z.string().optional(),
  public_inputs: z.array(z.string()).max(64).optional(),
})
const File = z.strictObject({
  bundle: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  receipt: z.record(z.string(), z.unknown()).optional(),
})

/** A parsed bundle in its one canonical spelling, or as it came if it has none. */
function fileText(value: string | Record<string, unknown>): string {
  if (typeof value === 'string') return value
  try {
    return canonicalJson(value)
  } catch {
    return JSON.stringify(value)
  }
}

export const verify = apiRoute({
  method: 'POST',
  path: '/api/v1/receipts/verify',
  access: 'public',
  summary: 'Verify a receipt',
  body: z.union([Published, File]),
  perMinute: AUTH_PER_MINUTE,
  async handle({ body }, api) {
    if ('receipt_id' in body) {
      if (body.proof && body.proof !== '0x') {
        const message = 'proof: zero-knowledge proofs are not supported yet; leave it empty'
        throw new ApiError('VALIDATION_ERROR', message)
      }
      const job = await receiptJob(body.receipt_id, api)
      const verdict = verifyReceipt(job.receipt as string)
      return { json: { ...verdict, settled: job.settleHeight !== undefined } }
    }
    const { bundle, receipt } = body
    const file = bundle ?? receipt
    if (file === undefined) {
      throw new ApiError('VALIDATION_ERROR', 'give receipt_id, bundle or receipt')
    }
    const text = receipt && !bundle ? JSON.stringify(receipt) : fileText(file)
    return { json: verifyReceipt(text, { validatorSetHash: api.validatorSetHash }) }
  },
})
