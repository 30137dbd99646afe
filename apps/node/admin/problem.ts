// Refusals of the admin server as problem documents (RFC 9457).

import type { Refusal, WholeReply } from '../../../transport/http/http-server.ts'

export type ProblemCode =
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'THREAD_SILENT'
  | 'UNAVAILABLE'
  | 'BUSY'
  | Refusal['code']

const KINDS: Readonly<Record<ProblemCode, { readonly status: number; readonly title: string }>> = {
  BAD_REQUEST: { status: 400, title: 'The request cannot be meant like this' },
  MALFORMED: { status: 400, title: 'The request cannot be read' },
  UNAUTHORIZED: { status: 401, title: 'The admin token is missing' },
  FORBIDDEN: { status: 403, title: 'This is not the admin token' },
  NOT_FOUND: { status: 404, title: 'Nothing is there' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Not with this method' },
  BODY_TOO_LARGE: { status: 413, title: 'The body is too large' },
  INTERNAL: { status: 500, title: 'A fault in the admin server' },
  BUSY: { status: 503, title: 'Too many requests at a time' },
  UNAVAILABLE: { status: 503, title: 'A part that was asked does not answer' },
  THREAD_SILENT: { status: 504, title: 'The thread does not answer' },
}

/** Thrown by a route; its reply says what was wrong. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  constructor(code: ProblemCode, detail: string) {
    super(detail)
    this.code = code
  }
}

export function problemReply(code: ProblemCode, detail: string): WholeReply {
  const { status, title } = KINDS[code]
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(code === 'UNAUTHORIZED' && { 'www-authenticate': 'Bearer realm="aitbc admin"' }),
    },
    body: JSON.stringify({ type: 'about:blank', title, status, detail, code }),
  }
}

export function jsonReply(value: unknown, status = 200): WholeReply {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(value),
  }
}
