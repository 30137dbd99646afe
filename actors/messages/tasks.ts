// Tasks that leave the actor threads: names and shapes that actors and the pool agree on.

import type { Hex } from '../../lib/hex.ts'
import type { KeyRun } from '../../protocol/rollup/signers.ts'
import { task } from '../../runtime/task.ts'

/**
 * Recovers the senders of raw signed transactions, in order; null where the signature fits no key.
 * Done by protocol/transaction/recover-senders.ts.
 */
export const RecoverSenders = task<
  { readonly transactions: readonly Uint8Array[] },
  { readonly senders: readonly (Hex | null)[] }
>('recover-senders')

/**
 * Checks ordinary signatures of the rollup: 32-byte keys and digests and 64-byte signatures, one
 * after the other; answers the positions of those that do not hold. Done by
 * protocol/rollup/verify-columns.ts.
 */
export const VerifyEd25519 = task<
  { readonly keys: Uint8Array; readonly digests: Uint8Array; readonly signatures: Uint8Array },
  { readonly bad: readonly number[] }
>('verify-ed25519')

/**
 * Checks co-signatures of one root by senders who each give their own: keys and signatures of 96
 * bytes, one after the other. Answers the places of those that do not hold, and the aggregate of
 * the others, empty when there are none. Done by compute/crypto/check-cosigners.ts.
 */
export const CheckCosigners = task<
  { readonly keys: Uint8Array; readonly digest: Uint8Array; readonly signatures: Uint8Array },
  { readonly bad: readonly number[]; readonly signature: Uint8Array }
>('check-cosigners')

/**
 * Makes keys of rollup accounts ahead of their use. Done by compute/crypto/make-keys.ts, in a
 * thread of low priority.
 */
export const MakeKeys = task<KeyRun, Uint8Array>('make-keys')

/**
 * Writes a snapshot of the state after the newest boundary of an epoch that is due for one, unless
 * there is one; null when there was nothing to do. Done in a thread of its own.
 */
export const MakeSnapshot = task<
  null,
  {
    readonly height: number
    readonly accounts: number
    readonly slots: number
    readonly chunks: number
    readonly bytes: number
    readonly ms: number
  } | null
>('make-snapshot')

/** The manifest of the newest snapshot of this node, or of the one after a given block. */
export const ReadManifest = task<
  { readonly hash: Hex | undefined },
  { readonly bytes: Uint8Array }
>('read-manifest')

/** A chunk of the snapshot after a block; no bytes where there is none. */
export const ReadChunk = task<
  { readonly height: number; readonly index: number },
  { readonly bytes: Uint8Array }
>('read-chunk')

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
