// A job request: what a consumer asks for, once validated and with every default filled in. Its
// canonical text is what is hashed, escrowed, pushed to the provider and named by the receipt.

import type { Hex } from '../../lib/hex.ts'

export type JobMessage = { readonly role: string; readonly content: string }

/** Exactly one of the three forms; which of them a model takes is the model's business. */
export type JobInput =
  | { readonly prompt: string }
  | { readonly messages: readonly JobMessage[] }
  | { readonly input: readonly string[] }

export interface JobRequirements {
  readonly max_tokens: number
  /** Decimal text, as are the other numbers that are not integers. */
  readonly temperature: string
  readonly top_p: string
  readonly top_k: number
  readonly repetition_penalty: string
  /** Seed of the sampler, 32 bits; follows from the salt unless the consumer gives one. */
  readonly seed: number
  readonly stop: readonly string[]
  /** The weakest verification level that the consumer accepts. */
  readonly verification: 'V0'
  /** Seconds from the quote until the money goes back if nothing was settled. */
  readonly deadline_seconds: number
  /** Wei as decimal text: dearer providers do not match. */
  readonly max_price?: string
  /** Only this provider (0x address) matches. */
  readonly provider?: Hex
}

export interface JobRequest {
  readonly version: '1'
  readonly type: 'inference'
  readonly model_id: string
  readonly input_data: JobInput
  readonly requirements: JobRequirements
  /** 32 random bytes: equal requests become different jobs, and the hash hides the prompt. */
  readonly salt: Hex
}

/** A refusal that a user can act on: what is wrong, where, and how to put it right. */
export interface RequestRefusal {
  readonly ok: false
  readonly code: 'INVALID_REQUEST' | 'UNSUPPORTED_TYPE' | 'UNSUPPORTED_REQUIREMENT'
  /** Path of the field, e.g. `requirements.max_tokens`. */
  readonly field: string
  readonly message: string
  readonly hint: string
}
