// The head of a node:http request in the port's form.

import type { IncomingMessage } from 'node:http'
import type { RequestHead } from './dispatch.ts'

export function readHead(request: IncomingMessage): RequestHead {
  const url = request.url ?? '/'
  const at = url.indexOf('?')
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return {
    method: request.method ?? 'GET',
    path: at < 0 ? url : url.slice(0, at),
    query: at < 0 ? '' : url.slice(at + 1),
    headers,
    remoteAddress: request.socket.remoteAddress ?? '',
  }
}
