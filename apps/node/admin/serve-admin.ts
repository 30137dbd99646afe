// What all routes of the admin server share: JSON out, problems in one form, the token where one is
// needed, and a bound on how many requests are served at a time.

import { ADMIN_BODY_BYTES_MAX, ADMIN_CALLS_MAX } from '../../../config/limits.ts'
import { AskFailed } from '../../../runtime/edge.ts'
import type {
  HttpReply,
  HttpRequest,
  HttpRoute,
  WholeReply,
} from '../../../transport/http/http-server.ts'
import { AgentError } from '../agent/call-agent.ts'
import { sameToken } from './admin-token.ts'
import { Problem, problemReply } from './problem.ts'

export type AdminHandler = (request: HttpRequest) => HttpReply | Promise<HttpReply>

/** The reply of a failure that is not ours to hide; undefined for a fault. */
function knownFailure(error: unknown): WholeReply | undefined {
  if (error instanceof Problem) return problemReply(error.code, error.message)
  if (error instanceof AgentError) return problemReply('THREAD_SILENT', error.message)
  if (error instanceof AskFailed) return problemReply('UNAVAILABLE', error.message)
  return undefined
}

function authorize(request: HttpRequest, token: string): void {
  const [scheme = '', given] = (request.headers.authorization ?? '').split(' ')
  if (scheme.toLowerCase() !== 'bearer' || !given) {
    throw new Problem('UNAUTHORIZED', 'send Authorization: Bearer with the text of admin.token')
  }
  if (!sameToken(given, token)) {
    throw new Problem('FORBIDDEN', 'the token differs from admin.token in the data folder')
  }
}

export class AdminRoutes {
  private readonly token: string
  private inFlight = 0

  constructor(token: string) {
    this.token = token
  }

  get(path: string, handle: AdminHandler): HttpRoute {
    return { method: 'GET', path, handle: (request) => this.serve(request, handle) }
  }

  /** Only with the admin token. */
  post(path: string, handle: AdminHandler): HttpRoute {
    return {
      method: 'POST',
      path,
      bodyBytesMax: ADMIN_BODY_BYTES_MAX,
      handle: (request) => this.serve(request, this.guarded(handle)),
    }
  }

  /** A route of another part, behind the token. */
  guard(route: HttpRoute): HttpRoute {
    const handle = this.guarded((request) => route.handle(request))
    return { ...route, handle: (request) => this.serve(request, handle) }
  }

  private guarded(handle: AdminHandler): AdminHandler {
    return (request) => {
      authorize(request, this.token)
      return handle(request)
    }
  }

  private async serve(request: HttpRequest, handle: AdminHandler): Promise<HttpReply> {
    if (this.inFlight >= ADMIN_CALLS_MAX) {
      return problemReply('BUSY', `at most ${ADMIN_CALLS_MAX} requests are served at a time`)
    }
    this.inFlight++
    try {
      return await handle(request)
    } catch (error) {
      const reply = knownFailure(error)
      if (!reply) throw error
      return reply
    } finally {
      this.inFlight--
    }
  }
}

/** A JSON object with exactly these fields allowed. Throws Problem BAD_REQUEST. */
export function readObject(body: Uint8Array, fields: readonly string[]): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new Problem('BAD_REQUEST', 'the body is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem('BAD_REQUEST', 'the body is not a JSON object')
  }
  const unknown = Object.keys(value).find((name) => !fields.includes(name))
  if (unknown !== undefined) {
    const known = fields.join(', ')
    throw new Problem('BAD_REQUEST', `unknown field ${unknown.slice(0, 40)}; there are: ${known}`)
  }
  return value as Record<string, unknown>
}
