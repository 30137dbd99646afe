// GET /api/v1/receipts/{receipt_id}: the signed receipt. It holds hashes only, so whoever knows its
// id may read it.

import { apiRoute } from '../api.ts'
import { receiptIdOf } from '../job-view.ts'
import { receiptJob } from '../receipt-job.ts'

export const getReceipt = apiRoute({
  method: 'GET',
  path: '/api/v1/receipts/:receipt_id',
  access: 'account',
  summary: 'A receipt by its id or its job’s',
  async handle({ params }, api) {
    const job = await receiptJob(params.receipt_id, api)
    return {
      json: {
        receipt_id: receiptIdOf(job),
        job_id: job.jobId,
        receipt_hash: job.receiptHash ?? null,
        status: job.settleHeight === undefined ? 'pending' : 'claimed',
        settle_tx: job.settleTx ?? null,
        settle_block: job.settleHeight ?? null,
        receipt: JSON.parse(job.receipt as string),
      },
    }
  },
})
