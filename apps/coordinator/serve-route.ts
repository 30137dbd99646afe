// From an API route to an HTTP route: request id, limits, sign-in, strict body and query, and every
// failure in the one error form.

import { randomUUID } from 'node:crypto'
import { REST_BODY_BYTES_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'
import type {
  HttpReply,
  HttpRequest,
  HttpRoute,
  WholeReply,
} from '../../transport/http/http-server.ts'
import type { EdgeTrace } from '../edge/edge-trace.ts'
import type { ApiContext, ApiReply, ApiRoute } from './api.ts'
import { corsHeaders, preflightHeaders } from './cors.ts'
import { API_ERRORS, ApiError, errorBody } from './errors.ts'
import type { RateLimit } from './rate-limit.ts'
import { readBody, readQuery } from './read-body.ts'

const NOBODY: Hex = `0x${'00'.repeat(20)}`

type Headers = Readonly<Record<string, string>>

/** Under this name, which no client can send, the request's own traceparent goes to its reply. */
const TRACED = ' traceparent'

function requestIdOf(headers: Headers): string {
  const given = headers['x-request-id']
  return given && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID()
}

/** What every reply carries. */
function commonHeaders(request: Headers, requestId: string): Headers {
  const { [TRACED]: traceparent } = request
  return {
    'cache-control': 'no-store',
    'x-request-id': requestId,
    ...(traceparent && { traceparent }),
    ...corsHeaders(request),
  }
}

export function errorReply(error: ApiError, request: Headers): WholeReply {
  const requestId = requestIdOf(request)
  const common = commonHeaders(request, requestId)
  const headers = { 'content-type': 'application/json', ...common, ...error.headers }
  return { status: API_ERRORS[error.code].status, headers, body: errorBody(error, requestId) }
}

function toHttp(reply: ApiReply, request: Headers): HttpReply {
  const { status = 200, json = null, text, events, headers } = reply
  const common = { ...commonHeaders(request, requestIdOf(request)), ...headers }
  if (events) {
    // A proxy that gathers events before it passes them on would defeat them.
    const type = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' }
    return { status, headers: { ...common, ...type }, stream: events }
  }
  const body = text ?? JSON.stringify(json)
  return { status, headers: { 'content-type': 'application/json', ...common }, body }
}

async function accountOf(route: ApiRoute, request: HttpRequest, api: ApiContext): Promise<Hex> {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ')
  const account = token && scheme?.toLowerCase() === 'bearer' && (await api.tokens.account(token))
  if (account) return account
  if (route.access === 'public') return NOBODY
  const why = token ? 'the access token is not valid or has expired' : 'sign-in required'
  throw new ApiError('AUTHENTICATION_ERROR', why, [], { 'www-authenticate': 'Bearer' })
}

export interface Serving {
  readonly api: ApiContext
  readonly limits: RateLimit
  readonly traces: EdgeTrace
  readonly fault: (error: unknown, where: string) => void
}

async function answer(route: ApiRoute, request: HttpRequest, api: ApiContext, limits: RateLimit) {
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
      const { api, limits, traces } = serving
      const step = traces.begin(request.headers.traceparent, route.traced)
      if (route.traced) step?.name(`${route.method} ${route.path}`)
      // One id for the reply and for the log.
      const headers = {
        ...request.headers,
        'x-request-id': requestIdOf(request.headers),
        ...(step && { [TRACED]: step.traceparent }),
      }
      try {
        const reached = step ? api.under(step.cause) : api
        return toHttp(await answer(route, request, reached, limits), headers)
      } catch (error) {
        if (error instanceof ApiError) return errorReply(error, headers)
        serving.fault(error, `${route.method} ${request.path}, request ${headers['x-request-id']}`)
        return errorReply(new ApiError('INTERNAL_ERROR', 'something went wrong here'), headers)
      } finally {
        step?.end()
      }
    },
  }
}

/** A document that never changes. */
export function serveDocument(path: string, body: string): HttpRoute {
  return {
    method: 'GET',
    path,
    handle: ({ headers }) => toHttp({ text: body }, headers),
  }
}

/** Answers browsers that ask before they send, for every path of the routes. */
export function servePreflights(routes: readonly HttpRoute[]): HttpRoute[] {
  const paths = [...new Set(routes.map(({ path }) => path))]
  return paths.map((path) => {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method)
    return {
      method: 'OPTIONS',
      path,
      handle: ({ headers }) => ({
        status: 204,
        headers: {
          allow: [...methods, 'OPTIONS'].join(', '),
          ...preflightHeaders(headers, methods),
        },
      }),
    }
  })
}
