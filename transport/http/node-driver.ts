// The HTTP port on node:http and ws: for platforms where uWebSockets.js has no binary, for worker
// threads, and as the second opinion in tests.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HTTP_REQUEST_MS, HTTP_STOP_GRACE_MS } from '../../config/limits.ts'
import { Dispatch } from './dispatch.ts'
import {
  type HttpReply,
  type HttpServer,
  type HttpServerOptions,
  type HttpSink,
  ListenError,
} from './http-server.ts'
import { readHead } from './node-head.ts'
import { NodeSockets } from './node-socket.ts'

/**
 * The whole body, or 'large' as soon as it passes `max` bytes: node then discards the rest, so that
 * the client can read the refusal. Rejects when the client leaves.
 */
function readBody(request: IncomingMessage, max: number): Promise<Uint8Array | 'large'> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= max) chunks.push(chunk)
      else {
        chunks.length = 0
        resolve('large')
      }
    })
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('error', reject)
    request.once('close', () => reject(new Error('the client left')))
  })
}

function sinkOf(response: ServerResponse, signal: AbortSignal): HttpSink {
  return {
    signal,
    async write(chunk) {
      if (signal.aborted) return false
      if (chunk.length === 0 || response.write(chunk)) return true
      await new Promise<void>((resolve) => {
        const done = () => {
          response.off('drain', done)
          signal.removeEventListener('abort', done)
          resolve()
        }
        response.once('drain', done)
        signal.addEventListener('abort', done)
      })
      return !signal.aborted
    },
  }
}

function endWhole(response: ServerResponse, reply: HttpReply): void {
  const body = 'stream' in reply ? '' : (reply.body ?? '')
  response.writeHead(reply.status, {
    ...reply.headers,
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

async function serve(
  dispatch: Dispatch,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const aborter = new AbortController()
  response.once('close', () => aborter.abort())
  const head = readHead(request)
  const routed = dispatch.route(head)
  if (!routed.ok) return endWhole(response, routed.reply)
  const body = await readBody(request, routed.bodyBytesMax)
  if (body === 'large') {
    return endWhole(response, dispatch.tooLarge(routed.bodyBytesMax, head))
  }
  const reply = await dispatch.answer(routed.match, head, body, aborter.signal)
  if (response.destroyed) return
  if (!('stream' in reply) || head.method === 'HEAD') return endWhole(response, reply)
  response.writeHead(reply.status, reply.headers)
  try {
    await reply.stream(sinkOf(response, aborter.signal))
    response.end()
  } catch (error) {
    if (!aborter.signal.aborted) dispatch.failed(error, head)
    response.destroy()
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new ListenError(host, port, error.code ?? error.message)),
    )
    server.listen({ host, port, exclusive: true }, () =>
      resolve((server.address() as AddressInfo).port),
    )
  })
}

/** Rejects with ListenError. */
export async function startNodeHttp(options: HttpServerOptions): Promise<HttpServer> {
  const dispatch = new Dispatch(options)
  const server = createServer({ requestTimeout: HTTP_REQUEST_MS }, (request, response) => {
    serve(dispatch, request, response).catch(() => response.destroy())
  })
  const sockets = new NodeSockets(server, dispatch, options.sockets ?? [])
  const port = await listen(server, options.host, options.port)
  const stop = async () => {
    sockets.closeAll()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeIdleConnections()
    const grace = setTimeout(() => {
      server.closeAllConnections()
      sockets.terminateAll()
    }, HTTP_STOP_GRACE_MS)
    await closed
    clearTimeout(grace)
    sockets.terminateAll()
  }
  let stopping: Promise<void> | undefined
  return {
    driver: 'node',
    port,
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}
