// A client's end of the rollup's socket: frames out, frames in. The socket itself is the browser's,
// or that of the package ws.

import { type ClientFrame, encodeClientFrame } from './wire/client-frames.ts'
import { decodeServerFrame, type HelloFrame, type ServerFrame } from './wire/server-frames.ts'

/** Fields of the events of a socket, each on some of them. */
interface SocketEvent {
  readonly type: string
  readonly data?: unknown
  readonly code?: number
  readonly reason?: string
  readonly message?: string
}

/** What is used of a WebSocket (whatwg/websockets); that of the package ws has the same. */
export interface SocketLike {
  binaryType: string
  send(data: Uint8Array): void
  close(code?: number, reason?: string): void
  addEventListener(
    kind: 'open' | 'message' | 'close' | 'error',
    listener: (event: SocketEvent) => void,
  ): void
}

export interface RollupConnection {
  readonly hello: HelloFrame
  send(frame: ClientFrame): void
  close(): void
}

export interface RollupListener {
  /** Every frame after the hello, in order. Parts are views of the frame's own bytes. */
  frame(frame: ServerFrame): void
  /** Once, last; not called for a connection that never stood. */
  closed?(reason: string): void
}

/** Resolves with the gateway's hello; rejects when the socket closes before it came. */
export function connectRollup(
  socket: SocketLike,
  listener: RollupListener,
): Promise<RollupConnection> {
  socket.binaryType = 'arraybuffer'
  return new Promise((resolve, reject) => {
    let stands = false
    socket.addEventListener('message', ({ data }) => {
      if (!(data instanceof ArrayBuffer)) return
      const frame = decodeServerFrame(new Uint8Array(data))
      if (stands) {
        listener.frame(frame)
        return
      }
      if (frame.kind !== 'hello') {
        reject(new Error(`the other end began with ${frame.kind}`))
        socket.close()
        return
      }
      stands = true
      resolve({
        hello: frame,
        send: (out) => socket.send(encodeClientFrame(out)),
        close: () => socket.close(),
      })
    })
    socket.addEventListener('error', ({ message }) => {
      reject(new Error(message ?? 'the socket failed'))
    })
    socket.addEventListener('close', ({ reason, code }) => {
      const why = reason || `closed with code ${code}`
      if (stands) listener.closed?.(why)
      else reject(new Error(why))
    })
  })
}
