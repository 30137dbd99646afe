// Which web pages may call the API from a browser: those served from this machine.

const LOOPBACK = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/

const EXPOSED = 'x-request-id, idempotency-replayed, location, retry-after, traceparent'
const ACCEPTED =
  'authorization, content-type, idempotency-key, last-event-id, x-request-id, traceparent'
const PREFLIGHT_SECONDS = 600

type Headers = Readonly<Record<string, string>>

/** For a reply to a request with these headers. */
export function corsHeaders({ origin }: Headers): Headers {
  if (origin === undefined || !LOOPBACK.test(origin)) return { vary: 'origin' }
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED,
  }
}

/** For the reply to a browser's question what it may send. */
export function preflightHeaders(request: Headers, methods: readonly string[]): Headers {
  const headers = corsHeaders(request)
  if (headers['access-control-allow-origin'] === undefined) return headers
  return {
    ...headers,
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': ACCEPTED,
    'access-control-max-age': String(PREFLIGHT_SECONDS),
  }
}
