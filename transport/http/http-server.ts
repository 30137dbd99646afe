// The HTTP port: routes, bodies with a limit, streams with back-pressure, WebSockets with a bounded
// backlog. Implemented by uws-driver.ts and node-driver.ts, which the same tests check.

export interface HttpRequest {
  /** Upper case. */
  readonly method: string
  /** As sent, without the query. */
  readonly path: string
  /** Without the question mark; empty when there is none. */
  readonly query: string
  /** Decoded values of the route's `:names`; what a final `*` matched is under '*'. */
  readonly params: Readonly<Record<string, string>>
  /** Names in lower case; several fields of one name are joined with ', '. */
  readonly headers: Readonly<Record<string, string>>
  readonly remoteAddress: string
  readonly body: Uint8Array
  /** Aborted when the client leaves before the reply has ended, or the server stops. */
  readonly signal: AbortSignal
}

/** The way out of a streaming reply. */
export interface HttpSink {
  /**
   * Resolves true when the client can take more, false when it is gone; wait for it before the
   * next write, so that a slow reader slows the writer down instead of filling memory.
   */
  write(chunk: string | Uint8Array): Promise<boolean>
  readonly signal: AbortSignal
}

interface ReplyHead {
  readonly status: number
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface WholeReply extends ReplyHead {
  readonly body?: string | Uint8Array
}

export interface StreamReply extends ReplyHead {
  /** Writes the body; the head goes out with the first chunk. A throw breaks the connection off. */
  readonly stream: (sink: HttpSink) => Promise<void>
}

export type HttpReply = WholeReply | StreamReply

export interface HttpRoute {
  /** Upper case; a GET route answers HEAD too. */
  readonly method: string
  /** `/jobs/:id`; a last segment `*` matches the rest. Literal segments win over `:names`. */
  readonly path: string
  /** Larger bodies get 413 before `handle` runs; none are accepted when absent. */
  readonly bodyBytesMax?: number
  /** A throw or rejection is answered with refusal INTERNAL, status 500. */
  handle(request: HttpRequest): HttpReply | Promise<HttpReply>
}

export interface HttpSocket {
  /**
   * Queues a message. False when the socket is closed, or when its backlog would pass
   * `backlogBytesMax`: such a slow client is closed with code 1013.
   */
  send(data: string | Uint8Array): boolean
  close(code: number, reason: string): void
  /** Bytes that the client has not taken yet. */
  readonly backlogBytes: number
}

export interface SocketHandlers {
  /** Whole messages: text as string, binary as bytes. */
  message(data: string | Uint8Array): void
  /** Called once, last. 1006 when the connection broke, 1005 when no code was given. */
  closed?(code: number): void
}

export interface WebSocketRoute {
  /** As in HttpRoute. */
  readonly path: string
  /** Larger messages close the socket (1009, or broken off). */
  readonly messageBytesMax: number
  readonly backlogBytesMax: number
  /** A reply instead of undefined refuses the upgrade. */
  accept?(request: HttpRequest): HttpReply | undefined | Promise<HttpReply | undefined>
  open(socket: HttpSocket, request: HttpRequest): SocketHandlers
}

/** What the server itself refuses, before or instead of a handler. */
export type RefusalCode =
  | 'MALFORMED'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'BODY_TOO_LARGE'
  | 'INTERNAL'

export interface Refusal {
  readonly status: number
  readonly code: RefusalCode
  readonly detail: string
}

export interface RefusedRequest {
  readonly method: string
  readonly path: string
  /** Absent when the request could not be read. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface HttpServerOptions {
  /** Address to listen on, such as 127.0.0.1. */
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  readonly routes: readonly HttpRoute[]
  readonly sockets?: readonly WebSocketRoute[]
  /** Gives a refusal the form that this API's clients expect. */
  refuse(refusal: Refusal, request: RefusedRequest): WholeReply
  /** A handler failed: the error never reaches the client. */
  failed(error: unknown, request: { readonly method: string; readonly path: string }): void
}

export interface HttpServer {
  readonly driver: 'uws' | 'node'
  readonly port: number
  /** Accepts nothing new, lets replies under way end for a moment, then closes everything. */
  stop(): Promise<void>
}

/** The address is in use or not ours. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  readonly code: string
  constructor(host: string, port: number, code: string) {
    super(`cannot listen on ${host}:${port} (${code})`)
    this.code = code
  }
}
