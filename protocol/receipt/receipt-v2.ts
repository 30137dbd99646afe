// Receipt v2: binds the request, the model's weights, the sampler, the output, the price and who is
// paid. A superset of v1's fields, without floats. Hashes only: it never reveals the prompt.

import type { Hex } from '../../lib/hex.ts'
import { sha256Hex } from '../crypto/sha256.ts'
import { canonicalJson } from './jcs.ts'

/** As in JobRequirements: integers, and decimals as text. */
export interface Sampler {
  readonly max_tokens: number
  readonly temperature: string
  readonly top_p: string
  readonly top_k: number
  readonly repetition_penalty: string
  readonly seed: number
  readonly stop: readonly string[]
}

export interface Billing {
  /** Wei per unit, as decimal text. */
  readonly unit_price: string
  readonly units: number
  /** Wei as decimal text: min(unit_price × units, price_cap). What settlement pays. */
  readonly amount: string
  /** The price fixed at match time, in wei: what is locked for this job at most. */
  readonly price_cap: string
  /** The escrow at the market module, or what the terms of the rollup's lock name: the job id. */
  readonly escrow_id: Hex
  /** Where the rollup settles this, in the place of the market module. */
  readonly rollup?: RollupBilling
}

/** Signed by the provider: so he says himself which account is his. */
export interface RollupBilling {
  /** Index of the lock, and how often it was given back before. */
  readonly lock: number
  readonly use: number
  /** Index of the provider's account. */
  readonly payee: number
}

/** V0: signed by the provider. Says who vouches for the result, not that it is right. */
export interface Verification {
  readonly level: 'V0'
  readonly method: 'provider-signature'
}

export interface ReceiptSignature {
  readonly role: 'provider' | 'client' | 'verifier'
  readonly alg: 'secp256k1-eip712'
  /** The signer's address. */
  readonly key_id: Hex
  /** 65 bytes: r, s, v with v 27 or 28. */
  readonly sig: Hex
}

export interface UnsignedReceipt {
  readonly version: '2.0'
  readonly receipt_id: Hex
  readonly job_id: Hex
  readonly provider: Hex
  readonly client: Hex
  /** The coordinator's address. */
  readonly coordinator_id: Hex
  /** Whether the model finished by itself, or the job was cancelled and this is what was made. */
  readonly status: 'completed' | 'cancelled'
  readonly units: number
  readonly unit_type: 'tokens' | 'inputs'
  /** What the consumer pays, wei as decimal text: billing.amount. */
  readonly price: string
  /** The model that really ran. */
  readonly model: string
  /** Digest of the manifest: weights, tokenizer and all. */
  readonly model_root: Hex
  readonly request_hash: Hex
  readonly prompt_hash?: Hex
  readonly quantization: string
  readonly tokenizer_hash: Hex
  readonly sampler: Sampler
  readonly sampler_hash: Hex
  /** SHA-256 of the output JSON text. */
  readonly output_hash: Hex
  readonly transcript_root: Hex
  readonly transcript_chunks: number
  readonly prompt_tokens: number
  readonly completion_tokens: number
  /** Engine class: results may be compared bit for bit only within a deterministic one. */
  readonly engine: string
  /** Where it ran; a fall-back to the CPU is said here. */
  readonly device: string
  /** Unix seconds. */
  readonly started_at: number
  readonly completed_at: number
  readonly duration_ms: number
  readonly chain_id: number
  readonly verification: Verification
  readonly billing: Billing
}

export interface ReceiptV2 extends UnsignedReceipt {
  readonly signatures: readonly ReceiptSignature[]
}

/** The members that neither the hash nor the provider's signature covers. */
const UNHASHED = ['signatures', 'settlement']

/** SHA-256 of the RFC 8785 text of the receipt without `signatures` and `settlement`. */
export function receiptHash(receipt: UnsignedReceipt): Hex {
  const hashed = Object.entries(receipt).filter(([name]) => !UNHASHED.includes(name))
  return sha256Hex(canonicalJson(Object.fromEntries(hashed)))
}

export function samplerHash(sampler: Sampler): Hex {
  return sha256Hex(canonicalJson(sampler))
}
