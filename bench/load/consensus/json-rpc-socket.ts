// One client's WebSocket to a gateway: requests with their answers, and block headers as they come.

import { WebSocket } from 'ws'

/** Below what a gateway closes a connection for; what is more waits here. */
const IN_FLIGHT_MAX = 200
const ANSWER_MS = 20_000

interface Message {
  readonly id?: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
  readonly params?: { readonly result: unknown }
}

interface Open {
  readonly done: (result: unknown) => void
  readonly refuse: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

export class JsonRpcSocket {
  private readonly socket: WebSocket
  private readonly open = new Map<number, Open>()
  private readonly queue: (() => void)[] = []
  private nextId = 1
  /** What a subscription says. */
  onNews: (result: unknown) => void = () => {}

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => this.receive(JSON.parse(String(data)) as Message))
    socket.on('close', () => this.fail(new Error('the gateway closed the connection')))
    socket.on('error', (error) => this.fail(error))
  }

  static async connect(url: string): Promise<JsonRpcSocket> {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    await new Promise((done, refuse) => {
      socket.once('open', done)
      socket.once('error', refuse)
    })
    return new JsonRpcSocket(socket)
  }

  call(method: string, ...params: unknown[]): Promise<unknown> {
    return new Promise((done, refuse) => {
      const send = () => {
        const id = this.nextId++
        const late = () => {
          this.open.delete(id)
          refuse(new Error(`${method}: no answer within ${ANSWER_MS / 1000} s`))
          this.queue.shift()?.()
        }
        this.open.set(id, { done, refuse, timer: setTimeout(late, ANSWER_MS) })
        this.socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
      }
      if (this.open.size < IN_FLIGHT_MAX) send()
      else this.queue.push(send)
    })
  }

  private receive({ id, result, error, params }: Message): void {
    const asked = id === undefined ? undefined : this.open.get(id)
    if (!asked) {
      if (params) this.onNews(params.result)
      return
    }
    this.open.delete(id as number)
    clearTimeout(asked.timer)
    if (error) asked.refuse(new Error(error.message))
    else asked.done(result)
    this.queue.shift()?.()
  }

  private fail(error: Error): void {
    for (const { refuse, timer } of this.open.values()) {
      clearTimeout(timer)
      refuse(error)
    }
    this.open.clear()
  }

  close(): void {
    this.socket.close()
  }
}
