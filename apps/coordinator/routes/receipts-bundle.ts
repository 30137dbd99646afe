// GET /api/v1/receipts/{receipt_id}/bundle: the file that anyone can verify offline, byte for byte.

import type { Hex } from '../../../lib/hex.ts'
import { encodeBundle } from '../../../protocol/receipt/bundle.ts'
import type { ReceiptV2 } from '../../../protocol/receipt/receipt-v2.ts'
import { collectBundle } from '../../../sdk/receipts/collect-bundle.ts'
import { apiRoute } from '../api.ts'
import { ApiError } from '../errors.ts'
import { receiptJob } from '../receipt-job.ts'
import { JSON_HEADERS } from '../serve-route.ts'

export const getBundle = apiRoute({
  method: 'GET',
  path: '/api/v1/receipts/:receipt_id/bundle',
  access: 'account',
  summary: 'The receipt with its inclusion proof and finality certificate',
  async handle({ params }, api) {
    const job = await receiptJob(params.receipt_id, api)
    if (job.settleTx === undefined || job.settleHeight === undefined) {
      throw new ApiError('JOB_NOT_READY', 'the receipt is not settled yet')
    }
    const bundle = await collectBundle({
      receipt: JSON.parse(job.receipt as string) as ReceiptV2,
      settleTx: job.settleTx as Hex,
      settleHeight: job.settleHeight,
      validatorSet: api.validatorSet,
      genesisHash: api.genesisHash,
      block: (height) => api.archive('Block', { height }),
    })
    return { raw: { status: 200, headers: JSON_HEADERS, body: encodeBundle(bundle) } }
  },
})
