// JSON-RPC over HTTP: POST anywhere on `/`, open to any web page (the gateway holds no keys).

import { RPC_BODY_BYTES_MAX } from '../../config/limits.ts'
import type { HttpRoute, Refusal, WholeReply } from '../../transport/http/http-server.ts'
import type { EdgeTrace } from '../edge/edge-trace.ts'
import { RPC_ERRORS } from './errors.ts'
import type { JsonRpc } from './json-rpc.ts'
import type { RpcContext } from './method.ts'

const OPEN = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, GET, OPTIONS',
  'access-control-allow-headers': 'content-type, traceparent',
  'access-control-expose-headers': 'traceparent',
  'access-control-max-age': '86400',
} as const

const JSON_TYPE = { ...OPEN, 'content-type': 'application/json' } as const

const HINT = 'AITBC JSON-RPC: POST requests here, or open a WebSocket.\n'

/** Without traces (a chain that is no actor's), a client's traceparent is ignored. */
export function httpRoutes(rpc: JsonRpc, context: RpcContext, traces?: EdgeTrace): HttpRoute[] {
  const utf8 = new TextDecoder()
  return [
    {
      method: 'POST',
      path: '/',
      bodyBytesMax: RPC_BODY_BYTES_MAX,
      async handle({ body, headers }) {
        const step = traces?.begin(headers.traceparent)
        const traceparent = step && { traceparent: step.traceparent }
        const reached = step ? { ...context, step } : context
        const answer = await rpc.answer(utf8.decode(body), reached)
        step?.end()
        if (answer === undefined) return { status: 204, headers: { ...OPEN, ...traceparent } }
        return { status: 200, headers: { ...JSON_TYPE, ...traceparent }, body: answer }
      },
    },
    { method: 'OPTIONS', path: '/', handle: () => ({ status: 204, headers: OPEN }) },
    {
      method: 'GET',
      path: '/',
      handle: () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: HINT }),
    },
  ]
}

/** What never reached a method, in JSON-RPC's form. */
export function refuse({ status, code, detail }: Refusal): WholeReply {
  const name = code === 'INTERNAL' ? 'INTERNAL' : 'INVALID_REQUEST'
  const error = { code: RPC_ERRORS[name].code, message: detail }
  const body = JSON.stringify({ jsonrpc: '2.0', id: null, error })
  return { status, headers: JSON_TYPE, body }
}
