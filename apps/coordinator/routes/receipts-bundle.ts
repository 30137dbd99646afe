// GET /api/v1/receipts/{receipt_id}/bundle: the file that anyone can verify offline, byte for byte.

import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import type { Hex } from '../../../lib/hex.ts'
import { type Bundle, encodeBundle } from '../../../protocol/receipt/bundle.ts'
import type { ReceiptV2 } from '../../../protocol/receipt/receipt-v2.ts'
import {
  type OperationReceipt,
  readShownOperation,
} from '../../../protocol/rollup/operation-receipt.ts'
import { decodeReceipts } from '../../../protocol/state/tables.ts'
import { collectBundle } from '../../../sdk/receipts/collect-bundle.ts'
import { type ApiContext, apiRoute } from '../api.ts'
import { ApiError } from '../errors.ts'
import { type Job, receiptStatus } from '../job-view.ts'
import { ownReceiptJob } from '../receipt-job.ts'

function notReady(message: string): ApiError {
  return new ApiError('JOB_NOT_READY', message, [], { 'retry-after': '1' })
}

/** The operation that paid a job out of its lock. */
async function settleIn(
  { lock, ended }: NonNullable<Job['rollup']>,
  api: ApiContext,
): Promise<OperationReceipt> {
  const place = ended && { number: ended.batch, position: ended.position }
  const found = place && (await api.shard(lock, 'OperationAt', place))
  const receipt = found && readShownOperation(found, hashPairsNative)
  if (!receipt) throw notReady('no node that was asked has the batch that paid it')
  return receipt
}

async function collect(job: Job, settleHeight: number, api: ApiContext): Promise<Bundle> {
  try {
    return await collectBundle({
      receipt: JSON.parse(job.receipt as string) as ReceiptV2,
      settled: job.rollup ? await settleIn(job.rollup, api) : (job.settleTx as Hex),
      settleHeight,
      validatorSet: api.validatorSet,
      genesisShare: api.genesisShare,
      checkpoint: (epoch) => api.archive('Checkpoint', { epoch }),
      bls: blsNative,
      block: async (height) => {
        const stored = await api.archive('Block', { height })
        return stored && { ...stored, receipts: decodeReceipts(stored.receipts) }
      },
    })
  } catch (error) {
    // The node that was asked is behind the one that saw the settlement, or the stake has not
    // signed for its epoch yet.
    if (error instanceof RangeError) throw notReady(error.message)
    throw error
  }
}

export const getBundle = apiRoute({
  method: 'GET',
  path: '/api/v1/receipts/:receipt_id/bundle',
  access: 'account',
  summary: 'The receipt with its inclusion proof and finality certificate',
  async handle({ params, account }, api) {
    const job = await ownReceiptJob(params.receipt_id, account, api)
    const status = receiptStatus(job)
    if (status === 'invalid') throw new ApiError('CONFLICT', 'the job was refunded, not settled')
    if (status === 'pending' || job.settleHeight === undefined) {
      throw notReady('the receipt is not settled yet')
    }
    return { text: encodeBundle(await collect(job, job.settleHeight, api)) }
  },
})
