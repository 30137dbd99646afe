// JSON-RPC over WebSocket: one message a request or batch, and the notifications of subscriptions.

import {
  RPC_BODY_BYTES_MAX,
  RPC_SOCKET_IN_FLIGHT_MAX,
  WS_BACKLOG_BYTES_MAX,
} from '../../config/limits.ts'
import type {
  HttpSocket,
  SocketHandlers,
  WebSocketRoute,
} from '../../transport/http/http-server.ts'
import type { ChainFollower } from './chain-follower.ts'
import type { JsonRpc } from './json-rpc.ts'
import type { RpcContext } from './method.ts'
import { SubscriptionDesk } from './subscription-desk.ts'

/** "Message violates policy" (RFC 6455 7.4.1). */
const TOO_MANY = { code: 1008, reason: 'too many requests without waiting for answers' } as const

function handlers(
  socket: HttpSocket,
  rpc: JsonRpc,
  shared: RpcContext,
  follower: ChainFollower,
): SocketHandlers {
  const feeds = { follower, pending: shared.pending }
  const desk = new SubscriptionDesk(feeds, (text) => {
    // A slow reader is closed by the socket itself; its feeds end at once.
    if (!socket.send(text)) desk.close()
  })
  const context = { ...shared, desk }
  let inFlight = 0
  let open = true
  const answer = async (text: string) => {
    const reply = await rpc.answer(text, context)
    inFlight--
    if (!open) return
    if (reply !== undefined) socket.send(reply)
    desk.answered()
  }
  return {
    message(data) {
      if (!open) return
      if (++inFlight > RPC_SOCKET_IN_FLIGHT_MAX) {
        socket.close(TOO_MANY.code, TOO_MANY.reason)
        return
      }
      void answer(typeof data === 'string' ? data : new TextDecoder().decode(data))
    },
    closed() {
      open = false
      desk.close()
    },
  }
}

export function socketRoute(
  rpc: JsonRpc,
  context: RpcContext,
  follower: ChainFollower,
): WebSocketRoute {
  return {
    path: '/',
    messageBytesMax: RPC_BODY_BYTES_MAX,
    backlogBytesMax: WS_BACKLOG_BYTES_MAX,
    open: (socket) => handlers(socket, rpc, context, follower),
  }
}
