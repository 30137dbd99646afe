// gpu-worker: a provider's side of a job. Dials the scheduler, offers the models that passed their
// golden self-test, runs what it is pushed, streams chunks, signs the receipt.

import { JOB_INPUT_BYTES_MAX } from '../../config/limits.ts'
import { bytes, hex, list, nothing, optional, str, struct, u53, u256 } from '../../lib/schema.ts'
import { ask, messages, tell } from '../../runtime/messages.ts'

/** What a lock of the rollup holds for a provider: HeldLock of protocol/rollup/sign-operation.ts. */
const HeldLock = struct({
  owner: u53,
  lock: u53,
  payee: u53,
  use: u53,
  amount: u256,
  deadline: u53,
})

export const GpuWorkerMessages = messages('gpu-worker', 2, {
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
      /** One of the two. */
      escrowTx: optional(hex(32)),
      lock: optional(HeldLock),
      /** Unix milliseconds by which the receipt must be settled. */
      deadlineMs: u53,
    }),
    struct({ code: str(64), message: str(512) }),
    'control',
  ),
  /** Stops the model at the next token; the worker answers with a partial receipt or Failed. */
  Cancel: tell(struct({ jobId: hex(32), attempt: u53 }), 'control'),
  /**
   * Gives a lock back that holds money for a job which came to nothing. `operation`: a settle of
   * nothing, signed (sent-operation.ts). `code`: empty; BUSY, the job runs; SETTLE_SIGNED, it was
   * done and its price is the provider's; NO_ROLLUP.
   */
  Release: ask(
    struct({ jobId: hex(32), lock: HeldLock }),
    struct({ code: str(64), operation: bytes(136) }),
    'control',
  ),
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
