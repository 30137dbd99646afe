// From a request's head to its reply: what both drivers share, so that they refuse alike.

import type {
  HttpReply,
  HttpRequest,
  HttpRoute,
  HttpServerOptions,
  RefusalCode,
  WholeReply,
} from './http-server.ts'
import { type Match, RouteTable } from './route-table.ts'

export interface RequestHead {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly remoteAddress: string
}

export type Routed =
  | { readonly ok: true; readonly match: Match<HttpRoute>; readonly bodyBytesMax: number }
  | { readonly ok: false; readonly reply: WholeReply }

const STATUS: Record<RefusalCode, number> = {
  MALFORMED: 400,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_LARGE: 413,
  INTERNAL: 500,
}

export class Dispatch {
  private readonly options: HttpServerOptions
  private readonly table: RouteTable<HttpRoute>

  constructor(options: HttpServerOptions) {
    this.options = options
    this.table = new RouteTable(options.routes)
  }

  refuse(code: RefusalCode, detail: string, head: { method: string; path: string }): WholeReply {
    return this.options.refuse({ status: STATUS[code], code, detail }, head)
  }

  /** Finds the route, and refuses what its declared length already shows to be too large. */
  route(head: RequestHead): Routed {
    const matches = this.table.find(head.path)
    if (matches.length === 0) {
      return { ok: false, reply: this.refuse('NOT_FOUND', `nothing is at ${head.path}`, head) }
    }
    const method = head.method === 'HEAD' ? 'GET' : head.method
    const match = matches.find(({ route }) => route.method === method)
    if (!match) {
      const allow = [...new Set(matches.map(({ route }) => route.method))].join(', ')
      const reply = this.refuse('METHOD_NOT_ALLOWED', `allowed here: ${allow}`, head)
      return { ok: false, reply: { ...reply, headers: { ...reply.headers, allow } } }
    }
    const bodyBytesMax = match.route.bodyBytesMax ?? 0
    const length = head.headers['content-length'] ?? '0'
    // Two lengths that differ would let one request hide behind another (RFC 9112 6.3).
    if (!/^\d+$/.test(length)) {
      return { ok: false, reply: this.refuse('MALFORMED', 'content-length is no number', head) }
    }
    if (Number(length) > bodyBytesMax) {
      return { ok: false, reply: this.tooLarge(bodyBytesMax, head) }
    }
    return { ok: true, match, bodyBytesMax }
  }

  tooLarge(bodyBytesMax: number, head: RequestHead): WholeReply {
    return this.refuse('BODY_TOO_LARGE', `a body has at most ${bodyBytesMax} bytes here`, head)
  }

  /** Runs the handler; never rejects. */
  async answer(
    { route, params }: Match<HttpRoute>,
    head: RequestHead,
    body: Uint8Array,
    signal: AbortSignal,
  ): Promise<HttpReply> {
    try {
      return await route.handle({ ...head, params, body, signal })
    } catch (error) {
      return this.failed(error, head)
    }
  }

  failed(error: unknown, head: { method: string; path: string }): WholeReply {
    this.options.failed(error, head)
    return this.refuse('INTERNAL', 'a fault in the server; it was logged', head)
  }
}

/** The request that a WebSocket route sees: an upgrade has no body. */
export function upgradeRequest(
  head: RequestHead,
  params: Record<string, string>,
  signal: AbortSignal,
): HttpRequest {
  return { ...head, params, body: new Uint8Array(0), signal }
}
