// GET /api/v1/receipts/{receipt_id}: the signed receipt, for who paid and who was paid.

import { apiRoute } from '../api.ts'
import { receiptIdOf, receiptStatus } from '../job-view.ts'
import { ownReceiptJob } from '../receipt-job.ts'

export const getReceipt = apiRoute({
  method: 'GET',
  path: '/api/v1/receipts/:receipt_id',
  access: 'account',
  summary: 'A receipt by its id or its job’s',
  async handle({ params, account }, api) {
    const job = await ownReceiptJob(params.receipt_id, account, api)
    return {
      json: {
        receipt_id: receiptIdOf(job),
        job_id: job.jobId,
        receipt_hash: job.receiptHash ?? null,
        status: receiptStatus(job),
        settle_tx: job.settleTx ?? null,
        settle_block: job.settleHeight ?? null,
        receipt: JSON.parse(job.receipt as string),
      },
    }
  },
})
