// The one table of a job's life: which event leads where, which clock runs in each state, and what
// happens to the money. The market module, the scheduler, the tests and docs/spec/market.md follow
// it.

export type JobState =
  | 'pending'
  | 'assigned'
  | 'running'
  | 'completed'
  | 'failed'
  | 'cancelled'
  | 'expired'

export type JobEvent =
  | 'assign' // the coordinator names the provider and the price
  | 'start' // the provider took the work (off chain: the chain stays at assigned)
  | 'requeue' // the provider was lost (off chain; on chain a second assign follows)
  | 'settle' // the provider's receipt is settled
  | 'settle-partial' // the same, of a job that was cancelled while it ran
  | 'fail' // provider or coordinator gives up
  | 'cancel' // the consumer changes his mind before anybody was assigned
  | 'call-off' // the consumer changed his mind later; on chain the coordinator calls `fail`
  | 'expire' // the deadline has passed, anybody may say so

/** `pay`: the amount of the receipt to the provider, the rest back. `refund`: all of it back. */
export type Money = 'locked' | 'pay' | 'refund'

export interface Step {
  readonly next: JobState
  readonly money: Money
}

export interface StateRow {
  /** What ends this state if nothing else does; a passed lease allows another assignment. */
  readonly deadline: 'escrow' | 'lease' | 'none'
  readonly on: Readonly<Partial<Record<JobEvent, Step>>>
}

const FAIL: Step = { next: 'failed', money: 'refund' }
const CALL_OFF: Step = { next: 'cancelled', money: 'refund' }
const EXPIRE: Step = { next: 'expired', money: 'refund' }
const ENDED: StateRow = { deadline: 'none', on: {} }

/** While a provider is on the job; the chain does not tell `running` from `assigned`. */
const WITH_PROVIDER = {
  assign: { next: 'assigned', money: 'locked' },
  requeue: { next: 'pending', money: 'locked' },
  settle: { next: 'completed', money: 'pay' },
  'settle-partial': { next: 'cancelled', money: 'pay' },
  fail: FAIL,
  'call-off': CALL_OFF,
  expire: EXPIRE,
} as const

export const JOB_TABLE: Readonly<Record<JobState, StateRow>> = {
  pending: {
    deadline: 'escrow',
    on: {
      assign: { next: 'assigned', money: 'locked' },
      fail: FAIL,
      'call-off': CALL_OFF,
      cancel: { next: 'cancelled', money: 'refund' },
      expire: EXPIRE,
    },
  },
  assigned: {
    deadline: 'lease',
    on: { start: { next: 'running', money: 'locked' }, ...WITH_PROVIDER },
  },
  running: { deadline: 'lease', on: WITH_PROVIDER },
  completed: ENDED,
  failed: ENDED,
  cancelled: ENDED,
  expired: ENDED,
}

/** What an event does in a state, or undefined where it is not allowed. */
export function step(state: JobState, event: JobEvent): Step | undefined {
  return JOB_TABLE[state].on[event]
}

export function hasEnded(state: JobState): boolean {
  return JOB_TABLE[state].deadline === 'none'
}
