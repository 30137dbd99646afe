// JSON-RPC over HTTP: POST anywhere on `/`, open to any web page (the gateway holds no keys).

import { RPC_BODY_BYTES_MAX } from '../../config/limits.ts'
import type { HttpRoute, Refusal, WholeReply } from '../../transport/http/http-server.ts'
import { RPC_ERRORS } from './errors.ts'
import type { JsonRpc } from './json-rpc.ts'
import type { RpcContext } from './method.ts'

const OPEN = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, GET, OPTIONS',
  'access-control-allow-headers': 'content-type',
  'access-control-max-age': '86400',
} as const

const JSON_TYPE = { ...OPEN, 'content-type': 'application/json' } as const

const HINT = 'AITBC JSON-RPC: POST requests here, or open a WebSocket.\n'

export function httpRoutes(rpc: JsonRpc, context: RpcContext): HttpRoute[] {
  const utf8 = new TextDecoder()
  return [
    {
      method: 'POST',
      path: '/',
      bodyBytesMax: RPC_BODY_BYTES_MAX,
      async handle({ body }) {
        const answer = await rpc.answer(utf8.decode(body), context)
        if (answer === undefined) return { status: 204, headers: OPEN }
        return { status: 200, headers: JSON_TYPE, body: answer }
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
