// Builds the unsigned receipt of a job from what the provider knows when the model stops. Units,
// amount and all hashes are computed here, so that providers and checkers cannot disagree on them.

import type { Hex } from '../../lib/hex.ts'
import { sha256Hex } from '../crypto/sha256.ts'
import { requestHash } from '../job/job-id.ts'
import type { JobRequest } from '../job/job-request.ts'
import type { Unit } from '../job/units-bound.ts'
import { receiptId } from './receipt-facts.ts'
import {
  type RollupBilling,
  type Sampler,
  samplerHash,
  type UnsignedReceipt,
} from './receipt-v2.ts'
import { transcriptRoot } from './transcript.ts'

export interface JobFacts {
  readonly chainId: number
  readonly jobId: Hex
  /** The canonical request text and its parsed form. */
  readonly requestText: string
  readonly request: JobRequest
  readonly provider: Hex
  readonly client: Hex
  readonly coordinator: Hex
  readonly modelRoot: Hex
  readonly quantization: string
  readonly tokenizerHash: Hex
  readonly engine: string
  readonly device: string
  readonly unit: Unit
  readonly unitPriceWei: bigint
  /** The price fixed at match time. */
  readonly priceWei: bigint
  readonly status: 'completed' | 'cancelled'
  readonly promptTokens: number
  readonly completionTokens: number
  /** Texts embedded; counts when the unit is `inputs`. */
  readonly inputs: number
  /** The output JSON text that is delivered beside the receipt. */
  readonly output: string
  /** The streamed chunks in order; empty when nothing was streamed. */
  readonly chunks: readonly string[]
  /** Unix milliseconds. */
  readonly startedAtMs: number
  readonly completedAtMs: number
  /** Where the rollup settles it; its price is in whole units then. */
  readonly rollup?: RollupBilling
}

export function buildReceipt(facts: JobFacts): UnsignedReceipt {
  const units = facts.unit === 'tokens' ? facts.promptTokens + facts.completionTokens : facts.inputs
  const due = facts.unitPriceWei * BigInt(units)
  const amount = (due < facts.priceWei ? due : facts.priceWei).toString()
  const sampler = samplerOf(facts.request)
  return {
    version: '2.0',
    receipt_id: receiptId(BigInt(facts.chainId), facts.jobId, facts.provider),
    job_id: facts.jobId,
    provider: facts.provider,
    client: facts.client,
    coordinator_id: facts.coordinator,
    status: facts.status,
    units,
    unit_type: facts.unit,
    price: amount,
    model: facts.request.model_id,
    model_root: facts.modelRoot,
    request_hash: requestHash(facts.requestText),
    quantization: facts.quantization,
    tokenizer_hash: facts.tokenizerHash,
    sampler,
    sampler_hash: samplerHash(sampler),
    output_hash: sha256Hex(facts.output),
    transcript_root: transcriptRoot(facts.chunks),
    transcript_chunks: facts.chunks.length,
    prompt_tokens: facts.promptTokens,
    completion_tokens: facts.completionTokens,
    engine: facts.engine,
    device: facts.device,
    started_at: Math.floor(facts.startedAtMs / 1000),
    completed_at: Math.floor(facts.completedAtMs / 1000),
    duration_ms: Math.max(0, Math.round(facts.completedAtMs - facts.startedAtMs)),
    chain_id: facts.chainId,
    verification: { level: 'V0', method: 'provider-signature' },
    billing: {
      unit_price: facts.unitPriceWei.toString(),
      units,
      amount,
      price_cap: facts.priceWei.toString(),
      escrow_id: facts.jobId,
      ...(facts.rollup && { rollup: facts.rollup }),
    },
  }
}

export function samplerOf(request: JobRequest): Sampler {
  const { max_tokens, temperature, top_p, top_k, repetition_penalty, seed, stop } =
    request.requirements
  return { max_tokens, temperature, top_p, top_k, repetition_penalty, seed, stop }
}
