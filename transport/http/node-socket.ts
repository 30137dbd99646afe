// WebSockets on node:http, framed by ws.

import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { WS_IDLE_SECONDS_MAX } from '../../config/limits.ts'
import { type Dispatch, upgradeRequest } from './dispatch.ts'
import type { HttpReply, HttpRequest, HttpSocket, WebSocketRoute } from './http-server.ts'
import { readHead } from './node-head.ts'
import { RouteTable } from './route-table.ts'
import { GOING_AWAY, TOO_SLOW } from './socket-codes.ts'

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}

class NodeSocket implements HttpSocket {
  private readonly ws: WebSocket
  private readonly backlogMax: number

  constructor(ws: WebSocket, backlogMax: number) {
    this.ws = ws
    this.backlogMax = backlogMax
  }

  get backlogBytes(): number {
    return this.ws.bufferedAmount
  }

  send(data: string | Uint8Array): boolean {
    if (this.ws.readyState !== this.ws.OPEN) return false
    if (this.ws.bufferedAmount + Buffer.byteLength(data) > this.backlogMax) {
      this.close(TOO_SLOW.code, TOO_SLOW.reason)
      return false
    }
    this.ws.send(data)
    return true
  }

  close(code: number, reason: string): void {
    this.ws.close(code, reason)
  }
}

function refuse(stream: Duplex, reply: HttpReply): void {
  const body = 'stream' in reply ? '' : (reply.body ?? '')
  const headers = Object.entries({
    ...reply.headers,
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  })
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  stream.write(`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}\r\n${lines}\r\n`)
  stream.end(body)
}

export class NodeSockets {
  private readonly dispatch: Dispatch
  private readonly table: RouteTable<WebSocketRoute>
  private readonly servers = new Map<WebSocketRoute, WebSocketServer>()
  private readonly live = new Set<WebSocket>()

  constructor(server: Server, dispatch: Dispatch, routes: readonly WebSocketRoute[]) {
    this.dispatch = dispatch
    this.table = new RouteTable(routes)
    for (const route of routes) {
      const maxPayload = route.messageBytesMax
      this.servers.set(route, new WebSocketServer({ noServer: true, maxPayload }))
    }
    server.on('upgrade', (request, stream, first) => {
      stream.on('error', () => stream.destroy())
      this.upgrade(request, stream, first).catch(() => stream.destroy())
    })
  }

  closeAll(): void {
    for (const ws of this.live) ws.close(GOING_AWAY.code, GOING_AWAY.reason)
  }

  terminateAll(): void {
    for (const ws of this.live) ws.terminate()
  }

  private async upgrade(incoming: IncomingMessage, stream: Duplex, first: Buffer): Promise<void> {
    const aborter = new AbortController()
    stream.once('close', () => aborter.abort())
    const head = readHead(incoming)
    const match = this.table.find(head.path)[0]
    if (!match) {
      refuse(stream, this.dispatch.refuse('NOT_FOUND', `nothing is at ${head.path}`, head))
      return
    }
    const request = upgradeRequest(head, match.params, aborter.signal)
    let refusal: HttpReply | undefined
    try {
      refusal = await match.route.accept?.(request)
    } catch (error) {
      refusal = this.dispatch.failed(error, head)
    }
    if (aborter.signal.aborted) return
    if (refusal) refuse(stream, refusal)
    else {
      this.servers
        .get(match.route)
        ?.handleUpgrade(incoming, stream, first, (ws) => this.open(match.route, ws, request))
    }
  }

  private open(route: WebSocketRoute, ws: WebSocket, request: HttpRequest): void {
    this.live.add(ws)
    const handlers = route.open(new NodeSocket(ws, route.backlogBytesMax), request)
    const quiet = watchSilence(ws)
    ws.on('message', (data, isBinary) => {
      const bytes = bytesOf(data)
      handlers.message(isBinary ? new Uint8Array(bytes) : bytes.toString())
    })
    // A protocol error closes the socket with its code; the close handler is what counts.
    ws.on('error', () => {})
    ws.on('close', (code) => {
      quiet()
      this.live.delete(ws)
      handlers.closed?.(code)
    })
  }
}

/** Pings, and breaks off a client that was silent for a whole interval. Returns how to stop. */
function watchSilence(ws: WebSocket): () => void {
  let heard = true
  ws.on('pong', () => {
    heard = true
  })
  ws.on('message', () => {
    heard = true
  })
  const timer = setInterval(
    () => {
      if (!heard) ws.terminate()
      heard = false
      ws.ping()
    },
    (WS_IDLE_SECONDS_MAX * 1000) / 2,
  )
  return () => clearInterval(timer)
}
