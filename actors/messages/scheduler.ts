// scheduler: the coordinator's job desk. Quotes, matches, pushes work to gpu-workers, and moves
// each job's money by transactions of the market module. The chain is the truth about money.

import { JOB_INPUT_BYTES_MAX, JOB_OUTPUT_BYTES_MAX } from '../../config/limits.ts'
import {
  bytes,
  f64,
  hex,
  list,
  nothing,
  oneOf,
  optional,
  str,
  struct,
  u53,
  u256,
} from '../../lib/schema.ts'
import { ask, messages, tell } from '../../runtime/messages.ts'

/** A job's request as RFC 8785 canonical JSON; its SHA-256 is the request hash. */
const Request = str(JOB_INPUT_BYTES_MAX)

export const JobState = oneOf(
  'pending',
  'assigned',
  'running',
  'completed',
  'failed',
  'cancelled',
  'expired',
)

/** The lock of the rollup that pays a job, and where the batch is that paid it out or gave it back. */
const JobLock = struct({
  lock: u53,
  use: u53,
  owner: u53,
  payee: u53,
  /** Height of the base chain. */
  deadline: u53,
  ended: optional(struct({ batch: u53, position: u53 })),
})

export const JobView = struct({
  jobId: hex(32),
  consumer: hex(20),
  state: JobState,
  type: str(32),
  modelId: str(128),
  modelRoot: hex(32),
  requestHash: hex(32),
  /** Locked in escrow; paid + refunded once the job has ended. */
  priceWei: u256,
  paidWei: u256,
  refundedWei: u256,
  provider: optional(hex(20)),
  worker: optional(str(128)),
  attempts: u53,
  createdAtMs: u53,
  updatedAtMs: u53,
  deadlineMs: u53,
  escrowTx: optional(hex(32)),
  escrowHeight: optional(u53),
  /** Of a job that is paid in the rollup, in the place of both transactions. */
  rollup: optional(JobLock),
  /** The transaction that ended the escrow: settle, fail, cancel or refund. */
  settleTx: optional(hex(32)),
  settleHeight: optional(u53),
  /** JSON text: what the model returned. */
  output: optional(str(JOB_OUTPUT_BYTES_MAX)),
  /** JSON text: the receipt v2 that the provider signed. */
  receipt: optional(str(65_536)),
  receiptHash: optional(hex(32)),
  errorCode: optional(str(64)),
  errorMessage: optional(str(512)),
  /** Why a pending job waits: no_capacity, cold_start, price_too_low, crash_loop, quota, trust_gate. */
  waiting: optional(str(64)),
  /** 32 hex digits: the W3C trace of its submission. */
  traceId: optional(str(32)),
})

/** A job as an operator's list shows it. */
export const JobLine = struct({
  jobId: hex(32),
  state: JobState,
  /** Finer than the state: what the scheduler itself waits for. */
  phase: str(32),
  modelId: str(128),
  worker: optional(str(128)),
  createdAtMs: u53,
  /** When it came into its state. */
  sinceMs: u53,
  /** Why it waits, or how it ended. */
  reason: str(600),
  traceId: optional(str(32)),
})

const Verdict = struct({ code: str(64), message: str(512) })

const WorkerModel = struct({
  modelId: str(128),
  modelRoot: hex(32),
  engine: str(128),
  device: str(64),
  /** What is metered: prompt and completion tokens, or inputs (texts to embed). */
  unit: optional(oneOf('tokens', 'inputs')),
  /** Wei per unit. */
  unitPriceWei: u256,
  /** Units a second in the golden self-test. */
  unitsPerSecond: f64,
})

export const ProviderView = struct({
  worker: str(128),
  address: hex(20),
  state: oneOf('online', 'offline', 'draining'),
  slots: u53,
  running: u53,
  models: list(WorkerModel, 256),
  /** Its account in the rollup. */
  account: optional(u53),
  lastSeenMs: u53,
})

export const SchedulerMessages = messages('scheduler', 2, {
  /**
   * Validates a request, fills in defaults and a salt, and prices it. `request` in the reply is the
   * canonical text to submit; `jobId` follows from it and the consumer. `payment`: what the price
   * is to be locked in.
   */
  Quote: ask(
    struct({ consumer: hex(20), request: Request, payment: oneOf('market', 'rollup') }),
    struct({
      code: str(64),
      message: str(512),
      request: Request,
      jobId: hex(32),
      requestHash: hex(32),
      modelId: str(128),
      modelRoot: hex(32),
      priceWei: u256,
      /** Unix seconds: the deadline to open the escrow with. */
      deadlineSeconds: u53,
      coordinator: hex(20),
      market: hex(20),
      /** For a lock of the rollup: whom to pay, and a deadline far enough ahead. */
      lock: optional(struct({ payee: u53, deadline: u53 })),
      /** JSON text: per provider, why it does or does not match. */
      explain: str(65_536),
      matching: u53,
    }),
  ),
  /**
   * Accepts a quoted request. With `escrowTx` or `lock` the consumer has locked the money himself;
   * without both the scheduler locks it from his market deposit within his allowance.
   */
  Submit: ask(
    struct({
      consumer: hex(20),
      request: Request,
      escrowTx: optional(hex(32)),
      /** A lock of the rollup that a final batch has filled for this job, and its use. */
      lock: optional(struct({ lock: u53, use: u53 })),
      idempotencyKey: optional(str(128)),
    }),
    struct({ code: str(64), message: str(512), job: optional(JobView) }),
  ),
  Job: ask(struct({ jobId: hex(32) }), optional(JobView)),
  Cancel: ask(struct({ jobId: hex(32), by: hex(20) }), Verdict),
  /** Long poll: every job change after `seq`, oldest first. Feeds the coordinator's read model. */
  ChangesAfter: ask(struct({ seq: u53, max: u53 }), list(struct({ seq: u53, job: JobView }), 256)),
  /** Long poll: one job's events (state, token, receipt, error) after `seq`; data is JSON text. */
  EventsAfter: ask(
    struct({ jobId: hex(32), seq: u53 }),
    struct({
      /** True when the job has ended and no event will follow these. */
      last: oneOf('yes', 'no'),
      events: list(struct({ seq: u53, event: str(32), data: str(JOB_OUTPUT_BYTES_MAX) }), 4096),
    }),
  ),
  Providers: ask(nothing, list(ProviderView, 4096)),
  /** Open jobs, the longest in their state first, then the latest that ended. */
  Overview: ask(struct({ max: u53 }), list(JobLine, 512), 'control'),

  /** From a gpu-worker: it passed its golden self-tests and offers these models. Idempotent. */
  Register: ask(
    struct({
      worker: str(128),
      address: hex(20),
      slots: u53,
      models: list(WorkerModel, 256),
      /** Of its account in the rollup, where it has one. */
      spendKey: optional(hex(32)),
      state: oneOf('online', 'draining'),
    }),
    struct({ code: str(64), message: str(512), heartbeatMs: u53 }),
    'control',
  ),
  Heartbeat: tell(
    struct({
      worker: str(128),
      running: list(struct({ jobId: hex(32), attempt: u53 }), 1024),
      slotsFree: u53,
    }),
    'control',
  ),
  Chunk: tell(
    struct({ worker: str(128), jobId: hex(32), attempt: u53, index: u53, text: str(65_536) }),
  ),
  /**
   * `receipt` and `output` are JSON text. A result from anyone but the assignee is refused.
   * `settle`: of a job that a lock pays, what its provider signs besides (sent-operation.ts).
   */
  Finished: ask(
    struct({
      worker: str(128),
      jobId: hex(32),
      attempt: u53,
      receipt: str(65_536),
      output: str(JOB_OUTPUT_BYTES_MAX),
      settle: optional(bytes(136)),
    }),
    Verdict,
  ),
  Failed: ask(
    struct({ worker: str(128), jobId: hex(32), attempt: u53, code: str(64), message: str(512) }),
    Verdict,
  ),
})
