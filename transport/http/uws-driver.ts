// The HTTP port on uWebSockets.js. Its rules: onAborted before anything asynchronous, copy what
// onData gives, cork every write outside the first callback, never touch a response that has ended.

import uWS from 'uWebSockets.js'
import { HTTP_STOP_GRACE_MS } from '../../config/limits.ts'
import { Dispatch, type RequestHead } from './dispatch.ts'
import {
  type HttpReply,
  type HttpServer,
  type HttpServerOptions,
  ListenError,
  type WholeReply,
} from './http-server.ts'
import { endWhole, readHead, writeHead } from './uws-reply.ts'
import { UwsSockets } from './uws-socket.ts'
import { sinkOf } from './uws-stream.ts'

/** One request under way. */
class Exchange {
  private readonly res: uWS.HttpResponse
  private readonly head: RequestHead
  private readonly dispatch: Dispatch
  private readonly finished: () => void
  private readonly aborter = new AbortController()
  /** Ended or aborted: the response may not be touched any more. */
  private over = false

  constructor(
    res: uWS.HttpResponse,
    req: uWS.HttpRequest,
    dispatch: Dispatch,
    finished: () => void,
  ) {
    this.res = res
    this.head = readHead(res, req)
    this.dispatch = dispatch
    this.finished = finished
    res.onAborted(() => this.abort())
  }

  abort(): void {
    this.aborter.abort()
    this.finish()
  }

  private finish(): void {
    if (this.over) return
    this.over = true
    this.finished()
  }

  run(): void {
    const routed = this.dispatch.route(this.head)
    if (!routed.ok) {
      this.end(routed.reply)
      return
    }
    const chunks: Buffer[] = []
    let size = 0
    this.res.onData((chunk, isLast) => {
      if (this.over || size > routed.bodyBytesMax) return
      size += chunk.byteLength
      if (size > routed.bodyBytesMax) {
        this.end(this.dispatch.tooLarge(routed.bodyBytesMax, this.head))
        return
      }
      if (chunk.byteLength > 0) chunks.push(Buffer.from(new Uint8Array(chunk)))
      if (isLast) void this.answer(routed.match, Buffer.concat(chunks))
    })
  }

  private async answer(match: Parameters<Dispatch['answer']>[0], body: Uint8Array): Promise<void> {
    const reply = await this.dispatch.answer(match, this.head, body, this.aborter.signal)
    if (this.over) return
    if (!('stream' in reply)) this.end(reply)
    else if (this.head.method === 'HEAD') this.end({ status: reply.status, ...withHeaders(reply) })
    else await this.pump(reply)
  }

  private async pump(reply: Extract<HttpReply, { stream: unknown }>): Promise<void> {
    const sink = sinkOf(this.res, this.aborter.signal, () => writeHead(this.res, reply))
    try {
      await reply.stream(sink)
    } catch (error) {
      if (!this.over) {
        this.dispatch.failed(error, this.head)
        this.res.close()
      }
      return
    }
    if (this.over) return
    sink.finish()
    this.finish()
  }

  private end(reply: WholeReply): void {
    if (this.over) return
    endWhole(this.res, this.head.method, reply)
    this.finish()
  }
}

function withHeaders({ headers }: HttpReply): { headers?: Readonly<Record<string, string>> } {
  return headers ? { headers } : {}
}

function listen(app: uWS.TemplatedApp, host: string, port: number): Promise<uWS.us_listen_socket> {
  return new Promise((resolve, reject) => {
    // Several processes could share a port otherwise, and each would get some of the requests.
    const exclusive = uWS.ListenOptions?.LIBUS_LISTEN_EXCLUSIVE_PORT ?? 1
    const listener = app as unknown as {
      listen(
        host: string,
        port: number,
        options: number,
        done: (socket: uWS.us_listen_socket | false) => void,
      ): void
    }
    listener.listen(host, port, exclusive, (socket) => {
      if (socket) resolve(socket)
      else reject(new ListenError(host, port, 'EADDRINUSE'))
    })
  })
}

/** Rejects with ListenError. */
export async function startUwsHttp(options: HttpServerOptions): Promise<HttpServer> {
  const app = uWS.App()
  const dispatch = new Dispatch(options)
  const open = new Set<Exchange>()
  const sockets = new UwsSockets(app, dispatch, options.sockets ?? [])
  let idle = () => {}
  app.any('/*', (res, req) => {
    const exchange: Exchange = new Exchange(res, req, dispatch, () => {
      open.delete(exchange)
      if (open.size === 0) idle()
    })
    open.add(exchange)
    exchange.run()
  })
  const listener = await listen(app, options.host, options.port)
  const stop = async () => {
    uWS.us_listen_socket_close(listener)
    sockets.closeAll()
    if (open.size > 0) {
      await new Promise<void>((resolve) => {
        idle = resolve
        setTimeout(resolve, HTTP_STOP_GRACE_MS).unref()
      })
    }
    for (const exchange of [...open]) exchange.abort()
    app.close()
  }
  let stopping: Promise<void> | undefined
  return {
    driver: 'uws',
    port: uWS.us_socket_local_port(listener as unknown as uWS.us_socket),
    stop: () => {
      stopping ??= stop()
      return stopping
    },
  }
}
