// Why the scheduler refuses a request, a job or a cancellation, and why a job ended without result.
// Edges map these codes to HTTP; what a provider's engine reports comes on top.

export const JOB_REFUSALS = {
  INVALID_REQUEST: 'a field of the request is missing, unknown or out of range',
  UNSUPPORTED_TYPE: 'the job type is not supported',
  UNSUPPORTED_REQUIREMENT: 'no provider can meet this requirement yet',
  MODEL_UNAVAILABLE: 'no provider offers this model',
  NO_PROVIDER: 'providers offer the model, but none fits the requirements or is online',
  PRICE_TOO_LOW: 'every provider asks for more than the request allows',
  INSUFFICIENT_FUNDS: 'market deposit or allowance is below the price: no job, nothing locked',
  ESCROW_NOT_FOUND: 'no final block opens an escrow for this job',
  WRONG_ESCROW: 'the escrow is not the one of this job, or is used up',
  LOCK_NOT_FOUND: 'no final batch of the rollup has this lock with this use',
  WRONG_LOCK:
    'the lock of the rollup is not for this job, consumer and provider, or holds too little',
  LOCK_USED: 'the lock of the rollup was paid out or given back before',
  SHARD_FROZEN: 'the shard of the lock is frozen: nothing is executed there any more',
  IDEMPOTENCY_CONFLICT: 'this idempotency key was used for another request',
  TOO_MANY_JOBS: 'too many jobs are open',
  BUSY: 'the same job or key is being submitted at this moment',
  UNAVAILABLE: 'the chain could not be read in time',
  NOT_FOUND: 'no such job',
  FORBIDDEN: 'the job is of another consumer',
  NOT_CANCELABLE: 'the job has ended, or its end is on the way',
  CANCELLED: 'cancelled by the consumer',
  EXPIRED: 'the deadline passed before a result was settled; refunded',
  PROVIDER_LOST: 'the provider was lost, and so was its replacement; refunded',
} as const

export type JobRefusal = keyof typeof JOB_REFUSALS
