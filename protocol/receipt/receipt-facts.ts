// What must hold inside any honest receipt v2, whoever shows it: names and hashes that follow from
// other members, sums, and times in order.

import { bigintToBytes, concatBytes, utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../crypto/keccak.ts'
import { jobIdOf } from '../job/job-id.ts'
import { ROLLUP_UNIT_WEI } from '../params.ts'
import { samplerHash, type UnsignedReceipt } from './receipt-v2.ts'
import { transcriptRoot } from './transcript.ts'

/** keccak256("aitbc-receipt-v2" ‖ chain id u64 ‖ job id ‖ provider): one per job and provider. */
export function receiptId(chainId: bigint, jobId: Hex, provider: Hex): Hex {
  const parts = [bigintToBytes(chainId, 8), hexToBytes(jobId), hexToBytes(provider)]
  return bytesToHex(keccak(concatBytes(utf8('aitbc-receipt-v2'), ...parts)))
}

/** The first thing that does not hold, or undefined. */
export function inconsistency(receipt: UnsignedReceipt): string | undefined {
  const chainId = BigInt(receipt.chain_id)
  const { billing } = receipt
  const metered =
    receipt.unit_type === 'tokens' ? receipt.prompt_tokens + receipt.completion_tokens : undefined
  const due = BigInt(billing.unit_price) * BigInt(billing.units)
  const cap = BigInt(billing.price_cap)
  const claims: [boolean, string][] = [
    [
      receipt.job_id === jobIdOf(chainId, receipt.client, receipt.request_hash),
      'job_id does not follow from chain, client and request_hash',
    ],
    [
      receipt.receipt_id === receiptId(chainId, receipt.job_id, receipt.provider),
      'receipt_id does not follow from job and provider',
    ],
    [receipt.sampler_hash === samplerHash(receipt.sampler), "sampler_hash is not the sampler's"],
    [receipt.units === billing.units, 'units and billing.units differ'],
    [metered === undefined || metered === receipt.units, 'units are not the tokens counted'],
    [billing.escrow_id === receipt.job_id, 'billing.escrow_id is not the job'],
    [billing.amount === receipt.price, 'price and billing.amount differ'],
    [
      BigInt(billing.amount) === (due < cap ? due : cap),
      'amount is not min(unit_price × units, price_cap)',
    ],
    [
      !billing.rollup || BigInt(billing.amount) % ROLLUP_UNIT_WEI === 0n,
      'amount is not in whole units of the rollup',
    ],
    [
      receipt.transcript_chunks > 0 || receipt.transcript_root === transcriptRoot([]),
      'transcript_root names chunks that transcript_chunks denies',
    ],
    [
      receipt.completion_tokens <= receipt.sampler.max_tokens,
      'more completion tokens than max_tokens',
    ],
    [receipt.started_at <= receipt.completed_at, 'completed before it started'],
  ]
  return claims.find(([holds]) => !holds)?.[1]
}
