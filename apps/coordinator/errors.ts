// Every error of the REST API: its code (the published ones), HTTP status, and what the caller can
// do. One table; the scheduler's refusals are mapped onto it.

import type { JobRefusal } from '../../protocol/errors/job-refusals.ts'

export const API_ERRORS = {
  VALIDATION_ERROR: { status: 400, hint: 'correct the request as the details say' },
  AUTHENTICATION_ERROR: {
    status: 401,
    hint: 'sign in: GET /api/v1/auth/nonce, then POST /api/v1/auth/login',
  },
  PAYMENT_ERROR: {
    status: 402,
    hint: 'deposit and authorize (./aitbc deposit AMOUNT, ./aitbc authorize), or lock what a quote says',
  },
  AUTHORIZATION_ERROR: { status: 403, hint: 'use the account that owns this' },
  NOT_FOUND: { status: 404, hint: 'check the id and the path' },
  METHOD_NOT_ALLOWED: { status: 405, hint: 'see /openapi.json for the methods of this path' },
  CONFLICT: { status: 409, hint: 'look at the current state, then decide' },
  PAYLOAD_TOO_LARGE: { status: 413, hint: 'send a smaller body' },
  JOB_NOT_READY: { status: 425, hint: 'wait for the job to end: GET /api/v1/jobs/{job_id}/events' },
  RATE_LIMIT_EXCEEDED: { status: 429, hint: 'wait as long as Retry-After says' },
  INTERNAL_ERROR: { status: 500, hint: 'try again; the log has the details under the request id' },
  NO_ELIGIBLE_MINER: { status: 503, hint: 'see GET /api/v1/models for what is offered' },
  SERVICE_UNAVAILABLE: { status: 503, hint: 'try again in a moment' },
  TIMEOUT_ERROR: { status: 504, hint: 'try again in a moment' },
} as const

export type ApiErrorCode = keyof typeof API_ERRORS

export interface ErrorDetail {
  readonly field?: string
  readonly code?: string
  readonly provider?: string
  readonly message: string
}

export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ApiErrorCode
  readonly details: readonly ErrorDetail[]
  readonly headers: Readonly<Record<string, string>>
  constructor(
    code: ApiErrorCode,
    message: string,
    details: readonly ErrorDetail[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
    this.code = code
    this.details = details
    this.headers = headers
  }
}

const REFUSALS: Partial<Record<JobRefusal, ApiErrorCode>> = {
  INVALID_REQUEST: 'VALIDATION_ERROR',
  UNSUPPORTED_TYPE: 'VALIDATION_ERROR',
  UNSUPPORTED_REQUIREMENT: 'VALIDATION_ERROR',
  MODEL_UNAVAILABLE: 'NO_ELIGIBLE_MINER',
  NO_PROVIDER: 'NO_ELIGIBLE_MINER',
  PRICE_TOO_LOW: 'NO_ELIGIBLE_MINER',
  INSUFFICIENT_FUNDS: 'PAYMENT_ERROR',
  ESCROW_NOT_FOUND: 'PAYMENT_ERROR',
  WRONG_ESCROW: 'PAYMENT_ERROR',
  LOCK_NOT_FOUND: 'PAYMENT_ERROR',
  WRONG_LOCK: 'PAYMENT_ERROR',
  LOCK_USED: 'PAYMENT_ERROR',
  SHARD_FROZEN: 'PAYMENT_ERROR',
  IDEMPOTENCY_CONFLICT: 'CONFLICT',
  NOT_CANCELABLE: 'CONFLICT',
  TOO_MANY_JOBS: 'RATE_LIMIT_EXCEEDED',
  BUSY: 'CONFLICT',
  UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  NOT_FOUND: 'NOT_FOUND',
  FORBIDDEN: 'NOT_FOUND',
}

/** A scheduler's refusal as an error of this API; `why` says more, such as each provider's reason. */
export function refusalError(
  code: string,
  message: string,
  why: readonly ErrorDetail[] = [],
): ApiError {
  const mapped = REFUSALS[code as JobRefusal] ?? 'INTERNAL_ERROR'
  const details = [{ code, message: message || code }, ...why]
  const headers = API_ERRORS[mapped].status === 429 ? { 'retry-after': '10' } : {}
  return new ApiError(mapped, message || code, details, headers)
}

export function errorBody(error: ApiError, requestId: string): string {
  const { status, hint } = API_ERRORS[error.code]
  const { code, message, details } = error
  return JSON.stringify({
    error: { code, message, status, details, hint },
    timestamp: new Date().toISOString(),
    request_id: requestId,
  })
}
