// Tasks that leave the actor threads: names and shapes that actors and the pool agree on.

import type { Hex } from '../../lib/hex.ts'
import { task } from '../../runtime/task.ts'

/**
 * Recovers the senders of raw signed transactions, in order; null where the signature fits no key.
 * Done by protocol/transaction/recover-senders.ts.
 */
export const RecoverSenders = task<
  { readonly transactions: readonly Uint8Array[] },
  { readonly senders: readonly (Hex | null)[] }
>('recover-senders')

export interface LoadedModel {
  readonly modelId: string
  readonly modelRoot: Hex
  readonly engine: string
  readonly device: string
  readonly quantization: string
  /** SHA-256 of the tokenizer. */
  readonly tokenizerHash: Hex
  readonly unit: 'tokens' | 'inputs'
  readonly unitPriceWei: bigint
  readonly unitsPerSecond: number
  readonly loadMs: number
}

/**
 * Loads a model and passes its golden self-test, or fails with `CODE: why`, MODEL_MISSING when its
 * files are not here. The chunks say which of the two is under way.
 */
export const LoadModel = task<{ readonly modelId: string }, LoadedModel, 'loading' | 'testing'>(
  'load-model',
)

/**
 * Runs a model; chunks are text as it comes, and before it, when the model had to be loaded first,
 * the begin and the end of that. A failure's detail is `CODE: message`.
 */
export const RunModel = task<
  {
    readonly runId: string
    readonly modelId: string
    /** Canonical request text. */
    readonly request: string
    readonly unitsMax: number
  },
  {
    readonly output: string
    readonly promptTokens: number
    readonly completionTokens: number
    readonly inputs: number
    readonly cancelled: boolean
  },
  string | { readonly loading: boolean }
>('run-model')

/** Asks a run to end at the next token with what it has. */
export const StopRun = task<{ readonly runId: string }, null>('stop-run')
