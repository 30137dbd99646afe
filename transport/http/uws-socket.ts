// WebSockets on uWebSockets.js. The backlog is bounded by us: uWS itself would drop messages in
// silence, and a client that lost one could not know.

import type uWS from 'uWebSockets.js'
import { WS_IDLE_SECONDS_MAX } from '../../config/limits.ts'
import { type Dispatch, type RequestHead, upgradeRequest } from './dispatch.ts'
import type { HttpRequest, HttpSocket, SocketHandlers, WebSocketRoute } from './http-server.ts'
import { RouteTable } from './route-table.ts'
import { GOING_AWAY, TOO_SLOW } from './socket-codes.ts'
import { endWhole, readHead } from './uws-reply.ts'

interface Peer {
  readonly request: HttpRequest
  handlers: SocketHandlers | undefined
  socket: UwsSocket | undefined
}

class UwsSocket implements HttpSocket {
  private readonly ws: uWS.WebSocket<Peer>
  private readonly backlogMax: number
  /** uWS throws on any use after its close callback. */
  open = true

  constructor(ws: uWS.WebSocket<Peer>, backlogMax: number) {
    this.ws = ws
    this.backlogMax = backlogMax
  }

  get backlogBytes(): number {
    return this.open ? this.ws.getBufferedAmount() : 0
  }

  send(data: string | Uint8Array): boolean {
    if (!this.open) return false
    if (this.ws.getBufferedAmount() + Buffer.byteLength(data) > this.backlogMax) {
      this.close(TOO_SLOW.code, TOO_SLOW.reason)
      return false
    }
    this.ws.cork(() => {
      this.ws.send(data, typeof data !== 'string')
    })
    return true
  }

  close(code: number, reason: string): void {
    if (this.open) this.ws.end(code, reason)
  }
}

export class UwsSockets {
  private readonly live = new Set<UwsSocket>()
  private readonly dispatch: Dispatch

  constructor(app: uWS.TemplatedApp, dispatch: Dispatch, routes: readonly WebSocketRoute[]) {
    this.dispatch = dispatch
    for (const route of routes) app.ws<Peer>(route.path, this.behaviour(route))
  }

  closeAll(): void {
    for (const socket of [...this.live]) socket.close(GOING_AWAY.code, GOING_AWAY.reason)
  }

  private behaviour(route: WebSocketRoute): uWS.WebSocketBehavior<Peer> {
    return {
      maxPayloadLength: route.messageBytesMax,
      // 0 lifts uWS's own limit, which drops messages: UwsSocket.send bounds the backlog.
      maxBackpressure: 0,
      idleTimeout: WS_IDLE_SECONDS_MAX,
      sendPingsAutomatically: true,
      upgrade: (res, req, context) => void this.upgrade(route, res, req, context),
      open: (ws) => {
        const peer = ws.getUserData()
        const socket = new UwsSocket(ws, route.backlogBytesMax)
        this.live.add(socket)
        peer.socket = socket
        peer.handlers = route.open(socket, peer.request)
      },
      message: (ws, message, isBinary) => {
        // uWS takes the memory back when this returns, so binary messages are copied.
        const bytes = Buffer.from(message)
        const data = isBinary ? new Uint8Array(bytes) : bytes.toString()
        ws.getUserData().handlers?.message(data)
      },
      close: (ws, code) => {
        const { socket, handlers } = ws.getUserData()
        if (!socket) return
        socket.open = false
        this.live.delete(socket)
        handlers?.closed?.(code)
      },
    }
  }

  private async upgrade(
    route: WebSocketRoute,
    res: uWS.HttpResponse,
    req: uWS.HttpRequest,
    context: uWS.us_socket_context_t,
  ): Promise<void> {
    const aborter = new AbortController()
    res.onAborted(() => aborter.abort())
    const head = readHead(res, req)
    const header = (name: string) => head.headers[name] ?? ''
    const params = new RouteTable([route]).find(head.path)[0]?.params ?? {}
    const request = upgradeRequest(head, params, aborter.signal)
    const refusal = await this.refusal(route, request, head)
    if (aborter.signal.aborted) return
    if (refusal) {
      endWhole(res, head.method, 'stream' in refusal ? { status: refusal.status } : refusal)
      return
    }
    res.cork(() => {
      res.upgrade<Peer>(
        { request, handlers: undefined, socket: undefined },
        header('sec-websocket-key'),
        '',
        header('sec-websocket-extensions'),
        context,
      )
    })
  }

  private async refusal(route: WebSocketRoute, request: HttpRequest, head: RequestHead) {
    try {
      return await route.accept?.(request)
    } catch (error) {
      return this.dispatch.failed(error, head)
    }
  }
}
