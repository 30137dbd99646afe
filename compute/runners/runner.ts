// What every model engine offers: load, run with streaming and cancel, unload. The same contract
// for text and embeddings; what differs is in the output.

import type { JobRequest } from '../../protocol/job/job-request.ts'
import type { Manifest } from '../models/manifest.ts'

export interface RunLimits {
  /** Stops generation when this many units are used. */
  readonly unitsMax: number
  readonly signal: AbortSignal
  readonly onChunk: (text: string) => void
}

export interface RunResult {
  /** JSON text of what the consumer gets. Its exact bytes are what the receipt hashes. */
  readonly output: string
  readonly promptTokens: number
  readonly completionTokens: number
  /** Texts embedded. */
  readonly inputs: number
  /** True when the signal stopped it before its natural end. */
  readonly cancelled: boolean
}

export interface Runner {
  /** Rejects with RunError for an input that the model does not take. */
  run(request: JobRequest, limits: RunLimits): Promise<RunResult>
}

/** A failure that is the request's fault: running it again elsewhere will not help. */
export class RunError extends Error {
  override readonly name = 'RunError'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

export type LoadRunner = (manifest: Manifest, files: Record<string, string>) => Promise<Runner>
