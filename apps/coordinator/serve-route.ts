// From an API route to an HTTP route: request id, limits, sign-in, strict body and query, and every
// failure in the one error form.

import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { REST_BODY_BYTES_MAX } from '../../config/limits.ts'
import { nearestName } from '../../config/nearest-name.ts'
import type { Hex } from '../../lib/hex.ts'
import type {
  HttpReply,
  HttpRequest,
  HttpRoute,
  WholeReply,
} from '../../transport/http/http-server.ts'
import type { ApiContext, ApiReply, ApiRoute } from './api.ts'
import { API_ERRORS, ApiError, type ErrorDetail, errorBody } from './errors.ts'
import type { RateLimit } from './rate-limit.ts'

const NOBODY: Hex = `0x${'00'.repeat(20)}`

export const JSON_HEADERS = {
  'content-type': 'application/json',
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-request-id, idempotency-replayed, retry-after',
  'cache-control': 'no-store',
} as const

export function requestIdOf(headers: Readonly<Record<string, string>>): string {
  const given = headers['x-request-id']
  return given && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID()
}

export function errorReply(error: ApiError, requestId: string): WholeReply {
  const headers = { ...JSON_HEADERS, 'x-request-id': requestId, ...error.headers }
  const { status } = API_ERRORS[error.code]
  return { status, headers, body: errorBody(error, requestId) }
}

function explain(issue: z.core.$ZodIssue, schema: z.ZodType): ErrorDetail[] {
  const field = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys') return [{ field, message: issue.message }]
  const shape = (schema as { shape?: Record<string, unknown> }).shape ?? {}
  return issue.keys.map((key) => {
    const near = nearestName(key, Object.keys(shape))
    const name = field ? `${field}.${key}` : key
    return { field: name, message: `unknown field${near ? `; did you mean "${near}"?` : ''}` }
  })
}

function readBody(route: ApiRoute, bytes: Uint8Array): unknown {
  if (!route.body) return undefined
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new ApiError('VALIDATION_ERROR', `the body is not JSON: ${(error as Error).message}`)
  }
  const read = route.body.safeParse(value)
  if (read.success) return read.data
  const { body } = route
  const details = read.error.issues.slice(0, 10).flatMap((issue) => explain(issue, body))
  const [first] = details
  const message = first ? `${first.field || 'body'}: ${first.message}` : 'the body is not valid'
  throw new ApiError('VALIDATION_ERROR', message, details)
}

function readQuery(route: ApiRoute, text: string): URLSearchParams {
  const query = new URLSearchParams(text)
  for (const name of query.keys()) {
    if (route.query?.includes(name)) continue
    const near = nearestName(name, route.query ?? [])
    const message = `unknown parameter${near ? `; did you mean "${near}"?` : ''}`
    throw new ApiError('VALIDATION_ERROR', `${name}: ${message}`, [{ field: name, message }])
  }
  return query
}

async function accountOf(route: ApiRoute, request: HttpRequest, api: ApiContext): Promise<Hex> {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ')
  const account = token && scheme?.toLowerCase() === 'bearer' && (await api.tokens.account(token))
  if (account) return account
  if (route.access === 'public') return NOBODY
  const why = token ? 'the access token is not valid or has expired' : 'sign-in required'
  throw new ApiError('AUTHENTICATION_ERROR', why, [], { 'www-authenticate': 'Bearer' })
}

function toHttp(reply: ApiReply, requestId: string): HttpReply {
  if (reply.raw) return reply.raw
  return {
    status: reply.status ?? 200,
    headers: { ...JSON_HEADERS, 'x-request-id': requestId, ...reply.headers },
    body: JSON.stringify(reply.json ?? null),
  }
}

export interface Serving {
  readonly api: ApiContext
  readonly limits: RateLimit
  readonly fault: (error: unknown, requestId: string) => void
}

async function answer(route: ApiRoute, request: HttpRequest, { api, limits }: Serving) {
  const account = await accountOf(route, request, api)
  if (route.perMinute) {
    const caller = account === NOBODY ? request.remoteAddress : account
    const wait = limits.take(`${route.path} ${caller}`, route.perMinute)
    if (wait > 0) {
      const message = `more than ${route.perMinute} calls a minute`
      throw new ApiError('RATE_LIMIT_EXCEEDED', message, [], { 'retry-after': String(wait) })
    }
  }
  const query = readQuery(route, request.query)
  const body = readBody(route, request.body)
  const { params, headers, remoteAddress, signal } = request
  return route.handle({ params, query, headers, remoteAddress, signal, body, account }, api)
}

export function serveRoute(route: ApiRoute, serving: Serving): HttpRoute {
  return {
    method: route.method,
    path: route.path,
    ...(route.body && { bodyBytesMax: REST_BODY_BYTES_MAX }),
    async handle(request) {
      const requestId = requestIdOf(request.headers)
      try {
        return toHttp(await answer(route, request, serving), requestId)
      } catch (error) {
        if (error instanceof ApiError) return errorReply(error, requestId)
        serving.fault(error, requestId)
        return errorReply(new ApiError('INTERNAL_ERROR', 'something went wrong here'), requestId)
      }
    },
  }
}
