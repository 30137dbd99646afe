// What a coordinator checks before it settles a result: that this receipt is about this job, by the
// assigned provider, signed by him, for this output, and asks for no more than was agreed.

import type { Hex } from '../../lib/hex.ts'
import { sha256Hex } from '../crypto/sha256.ts'
import type { Secp256k1 } from '../crypto/signatures.ts'
import { canonicalJson } from './jcs.ts'
import { inconsistency } from './receipt-facts.ts'
import { readReceipt } from './receipt-schema.ts'
import {
  type ReceiptV2,
  type RollupBilling,
  receiptHash,
  type Sampler,
  samplerHash,
} from './receipt-v2.ts'
import { verifySignatures } from './sign-receipt.ts'
import { transcriptRoot } from './transcript.ts'

/** What was agreed for the job. */
export interface Agreed {
  readonly chainId: number
  readonly jobId: Hex
  readonly provider: Hex
  readonly client: Hex
  readonly coordinator: Hex
  readonly requestHash: Hex
  readonly model: string
  readonly modelRoot: Hex
  readonly sampler: Sampler
  readonly unit: string
  readonly unitPriceWei: bigint
  readonly priceWei: bigint
  /** The most units that the request can use. */
  readonly unitsMax: number
  readonly mayBePartial: boolean
  /** Absent where the market module settles it. */
  readonly rollup?: RollupBilling
}

export type ResultVerdict =
  | {
      readonly ok: true
      readonly receipt: ReceiptV2
      /** The canonical text to keep and to show. */
      readonly text: string
      readonly hash: Hex
      readonly signature: Uint8Array
    }
  | { readonly ok: false; readonly code: string; readonly message: string }

/** `chunks`: the streamed chunks if all of them were seen, else undefined. */
export function checkResult(
  agreed: Agreed,
  receiptText: string,
  output: string,
  chunks: readonly string[] | undefined,
  secp256k1: Secp256k1,
): ResultVerdict {
  let value: unknown
  try {
    value = JSON.parse(receiptText)
  } catch {
    return bad('INVALID_RECEIPT', 'the receipt is not JSON')
  }
  const read = readReceipt(value)
  if (!read.ok) return bad('INVALID_RECEIPT', read.reason)
  const { receipt } = read
  const wrong = inconsistency(receipt) ?? differs(agreed, receipt)
  if (wrong !== undefined) return bad('WRONG_RECEIPT', wrong)
  if (receipt.output_hash !== sha256Hex(output)) {
    return bad('WRONG_OUTPUT', 'output_hash is not that of the output')
  }
  if (chunks !== undefined && receipt.transcript_root !== transcriptRoot(chunks)) {
    return bad('WRONG_TRANSCRIPT', 'transcript_root is not that of the streamed chunks')
  }
  const signed = verifySignatures(receipt, secp256k1)
  if (!signed.ok) return bad('BAD_SIGNATURE', signed.reason)
  const text = canonicalJson(receipt)
  return { ok: true, receipt, text, hash: receiptHash(receipt), signature: signed.signature }
}

function bad(code: string, message: string): ResultVerdict {
  return { ok: false, code, message }
}

function differs(agreed: Agreed, receipt: ReceiptV2): string | undefined {
  const { billing } = receipt
  const claims: [boolean, string][] = [
    [receipt.chain_id === agreed.chainId, 'another chain'],
    [receipt.job_id === agreed.jobId, 'another job'],
    [receipt.provider === agreed.provider, 'another provider than the assigned one'],
    [receipt.client === agreed.client, 'another client'],
    [receipt.coordinator_id === agreed.coordinator, 'another coordinator'],
    [receipt.request_hash === agreed.requestHash, 'another request'],
    [receipt.model === agreed.model, 'another model'],
    [receipt.model_root === agreed.modelRoot, 'other weights'],
    [receipt.sampler_hash === samplerHash(agreed.sampler), 'another sampler'],
    [receipt.unit_type === agreed.unit, 'another unit'],
    [BigInt(billing.unit_price) === agreed.unitPriceWei, 'another unit price'],
    [BigInt(billing.price_cap) === agreed.priceWei, 'another price'],
    [isSamePlace(billing.rollup, agreed.rollup), 'another way of payment, lock or account'],
    [receipt.units <= agreed.unitsMax, 'more units than the request can use'],
    [receipt.status === 'completed' || agreed.mayBePartial, 'partial, but nobody cancelled'],
  ]
  return claims.find(([holds]) => !holds)?.[1]
}

function isSamePlace(a: RollupBilling | undefined, b: RollupBilling | undefined): boolean {
  return a?.lock === b?.lock && a?.use === b?.use && a?.payee === b?.payee
}
