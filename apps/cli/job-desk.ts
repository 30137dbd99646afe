// What `aitbc run` needs of a coordinator. sdk/coordinator does the talking; this is its shape as
// the command sees it, so that the command can be tested without one.

import type { Hex } from '../../lib/hex.ts'

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
  quote(request: JobRequest): Promise<JobQuote>
  /** The money is locked by `escrowTx`, which is final. */
  submit(quote: JobQuote, escrowTx: Hex): Promise<void>
  /** Ends when the job has. */
  events(jobId: Hex): AsyncIterable<JobEvent>
  job(jobId: Hex): Promise<JobOutcome>
  /** The receipt bundle as JSON text. */
  bundle(jobId: Hex): Promise<string>
}
