// What `aitbc run` needs of a coordinator. sdk/coordinator does the talking; this is its shape as
// the command sees it, so that the command can be tested without one.

import type { Hex } from '../../lib/hex.ts'
import type { JobMoney } from '../../sdk/coordinator/coordinator-client.ts'
import type { JobPayer } from './job-payer.ts'

export interface JobRequest {
  readonly type: string
  readonly model_id: string
  readonly input_data: string
  readonly requirements: Readonly<Record<string, number>>
}

export interface JobQuote {
  /** Canonical JSON text: what the hash is of, and what is submitted. */
  readonly request: string
  readonly jobId: Hex
  readonly requestHash: Hex
  readonly modelId: string
  readonly modelRoot: Hex
  readonly priceWei: bigint
  /** Unix seconds. */
  readonly deadlineSeconds: number
  readonly coordinator: Hex
  readonly market: Hex
  readonly matching: number
  /** Of a price in the rollup: whom to pay, and until which block the money is his. */
  readonly lock: { readonly payee: number; readonly deadline: number } | undefined
}

export interface JobEvent {
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface JobOutcome {
  readonly status: string
  readonly modelId: string
  readonly output: unknown
  readonly paidWei: bigint
  readonly refundedWei: bigint
  readonly settleTx: Hex | undefined
  readonly settleBlock: number | undefined
  readonly errorCode: string | undefined
  readonly errorMessage: string | undefined
}

export interface JobDesk {
  quote(request: JobRequest, payment: JobPayer['payment']): Promise<JobQuote>
  /** With money that is locked for good. */
  submit(quote: JobQuote, money: JobMoney): Promise<void>
  /** Ends when the job has. */
  events(jobId: Hex): AsyncIterable<JobEvent>
  job(jobId: Hex): Promise<JobOutcome>
  /** The receipt bundle as JSON text. */
  bundle(jobId: Hex): Promise<string>
}
