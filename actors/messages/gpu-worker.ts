// gpu-worker: a provider's side of a job. Dials the scheduler, offers the models that passed their
// golden self-test, runs what it is pushed, streams chunks, signs the receipt.

import { JOB_INPUT_BYTES_MAX } from '../../config/limits.ts'
import { hex, list, nothing, str, struct, u53, u256 } from '../../lib/schema.ts'
import { ask, messages, tell } from '../../runtime/messages.ts'

export const GpuWorkerMessages = messages('gpu-worker', 1, {
  /** `code` is empty when the worker takes the job; BUSY, UNKNOWN_MODEL, … when not. */
  Assign: ask(
    struct({
      jobId: hex(32),
      attempt: u53,
      consumer: hex(20),
      coordinator: hex(20),
      request: str(JOB_INPUT_BYTES_MAX),
      modelId: str(128),
      modelRoot: hex(32),
      priceWei: u256,
      escrowTx: hex(32),
      /** Unix milliseconds by which the receipt must be settled. */
      deadlineMs: u53,
    }),
    struct({ code: str(64), message: str(512) }),
    'control',
  ),
  /** Stops the model at the next token; the worker answers with a partial receipt or Failed. */
  Cancel: tell(struct({ jobId: hex(32), attempt: u53 }), 'control'),
  /** Finishes what runs and takes nothing new. */
  Drain: tell(nothing, 'control'),
  Status: ask(
    nothing,
    struct({
      address: hex(20),
      running: list(struct({ jobId: hex(32), attempt: u53 }), 1024),
      models: list(struct({ modelId: str(128), state: str(32), detail: str(512) }), 256),
    }),
    'control',
  ),
})
