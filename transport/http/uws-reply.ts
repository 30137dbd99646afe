// Heads in and out of uWebSockets.js.

import type uWS from 'uWebSockets.js'
import { STATUS_CODES } from 'node:http'
import type { RequestHead } from './dispatch.ts'
import type { HttpReply, WholeReply } from './http-server.ts'

/** Must be called as the request arrives: uWS forgets it when the callback returns. */
export function readHead(res: uWS.HttpResponse, req: uWS.HttpRequest): RequestHead {
  const headers: Record<string, string> = {}
  req.forEach((name, value) => {
    const before = headers[name]
    headers[name] = before === undefined ? value : `${before}, ${value}`
  })
  return {
    method: req.getCaseSensitiveMethod().toUpperCase(),
    path: req.getUrl(),
    query: req.getQuery() ?? '',
    headers,
    remoteAddress: Buffer.from(res.getRemoteAddressAsText()).toString(),
  }
}

export function writeHead(res: uWS.HttpResponse, { status, headers }: HttpReply): void {
  res.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`)
  for (const [name, value] of Object.entries(headers ?? {})) res.writeHeader(name, value)
}

/** Ends the response. uWS reads on and discards what is left of the request's body. */
export function endWhole(res: uWS.HttpResponse, method: string, reply: WholeReply): void {
  const body = reply.body ?? ''
  res.cork(() => {
    writeHead(res, reply)
    if (method === 'HEAD') res.endWithoutBody(Buffer.byteLength(body))
    else res.end(body)
  })
}
