// POST /api/v1/receipts/verify: as published {receipt_id, proof, public_inputs}, or a whole file as
// {bundle} or {receipt}. The server's word is a convenience: the same check runs offline.

import { z } from 'zod'
import { AUTH_PER_MINUTE } from '../../../config/limits.ts'
import { canonicalJson } from '../../../protocol/receipt/jcs.ts'
import { verifyReceipt } from '../../../sdk/receipts/verify-receipt.ts'
import { type ApiContext, apiRoute } from '../api.ts'
import { HashSchema } from '../fields.ts'
import { type Job, receiptStatus } from '../job-view.ts'
import { wrongProof } from '../published-proof.ts'
import { receiptJob } from '../receipt-job.ts'

const FORMS = ['receipt_id', 'bundle', 'receipt'] as const

const Body = z
  .strictObject({
    receipt_id: HashSchema.optional(),
    proof: z
      .string()
      .regex(/^0x([0-9a-fA-F]{130})?$/, 'expected the provider’s signature: 65 bytes of hex')
      .optional(),
    public_inputs: z
      .array(z.string().regex(/^0x[0-9a-fA-F]{1,64}$/))
      .max(16)
      .optional(),
    bundle: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
    receipt: z.record(z.string(), z.unknown()).optional(),
  })
  .superRefine((body, { addIssue }) => {
    const given = FORMS.filter((form) => body[form] !== undefined)
    const message = `give exactly one of ${FORMS.join(', ')}`
    if (given.length !== 1) addIssue({ code: 'custom', message, path: [] })
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

/** Our own receipt by its id: checked again, but not shown, for this route asks nobody's name. */
function verifyStored(job: Job, { proof, public_inputs: inputs }: z.infer<typeof Body>) {
  const { receipt: _, checks, ...verdict } = verifyReceipt(job.receipt as string)
  const reason = verdict.reason ?? wrongProof(job, proof ?? '0x', inputs ?? [])
  const status = receiptStatus(job)
  const settlement = {
    name: 'settlement',
    ok: status !== 'invalid',
    detail:
      status === 'claimed'
        ? `settled in block ${job.settleHeight} by ${job.settleTx}; the bundle proves it`
        : `${status}: not paid on chain`,
  }
  return {
    ...verdict,
    valid: reason === undefined,
    ...(reason !== undefined && { reason }),
    checks: [...checks.filter(({ name }) => name !== 'not-settled'), settlement],
    status,
    settled: status === 'claimed',
  }
}

async function verdictOf(body: z.infer<typeof Body>, api: ApiContext): Promise<unknown> {
  if (body.receipt_id !== undefined) {
    return verifyStored(await receiptJob(body.receipt_id, api), body)
  }
  const text = body.receipt ? JSON.stringify(body.receipt) : fileText(body.bundle ?? '')
  return verifyReceipt(text, { validatorSetHash: api.validatorSetHash })
}

export const verify = apiRoute({
  method: 'POST',
  path: '/api/v1/receipts/verify',
  access: 'public',
  summary: 'Verify a receipt: one of ours by its id, or any file',
  body: Body,
  perMinute: AUTH_PER_MINUTE,
  handle: async ({ body }, api) => ({ json: await verdictOf(body, api) }),
})
