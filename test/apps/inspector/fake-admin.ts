// An admin server of a process that the test invents: it chooses and sorts its rows like a real
// one, restarts what is killed, and can fall silent or answer nonsense.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { actorFilter, actorOrder } from '../../../apps/inspector/query/actor-query.ts'
import type {
  ActorView,
  ActRequest,
  TapRequest,
  ViewName,
  Views,
} from '../../../apps/inspector/snapshot.ts'
import { head, recorded } from './recorded.ts'

export class FakeAdmin {
  readonly process: string
  readonly token: string
  /** Everything that was asked, as `METHOD /path?query`. */
  readonly asked: string[] = []
  readonly acts: ActRequest[] = []
  actors: ActorView[]
  views: Views
  connections = 0
  /** Never answers what is asked while it is true. */
  silent = false
  nonsense = false
  readonly #server: Server

  constructor(process: string, actors: ActorView[], token = 'secret') {
    this.process = process
    this.token = token
    this.actors = actors
    this.views = recorded(process, actors)
    this.#server = createServer((request, response) => {
      void this.#answer(request, response)
    })
    this.#server.on('connection', () => this.connections++)
  }

  async listen(): Promise<string> {
    await new Promise<void>((ready) => this.#server.listen(0, '127.0.0.1', ready))
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.asked.push(`${request.method} ${request.url}`)
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (this.silent) return
    const url = new URL(request.url ?? '/', 'http://localhost')
    const reply = (status: number, value: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(typeof value === 'string' ? value : JSON.stringify(value))
    }
    if (this.nonsense) return reply(200, '{"head":{}}')
    if (url.pathname === '/inspector/snapshot') return reply(200, this.#snapshot(url.searchParams))
    if (request.headers.authorization !== `Bearer ${this.token}`) {
      return reply(401, { error: { message: 'wrong token' } })
    }
    const body = JSON.parse(Buffer.concat(chunks).toString())
    if (url.pathname === '/inspector/act') return reply(200, this.#act(body as ActRequest))
    if (url.pathname === '/inspector/tap') return this.#tap(body as TapRequest, reply)
    reply(404, { error: { message: 'no such route' } })
  }

  #snapshot(query: URLSearchParams): object {
    const view = query.get('view') as ViewName
    const limit = Number(query.get('limit'))
    const base = { head: head(this.process, { at: Date.now() }), view }
    if (view !== 'actors') return { ...base, body: this.views[view] }
    const filter = actorFilter(query.get('filter') ?? '')
    const order = actorOrder(query.get('sort') ?? 'depth')
    if (!filter.ok || !order) throw new Error(`a bad query: ${query}`)
    const matching = this.actors.filter(filter.matches).sort(order)
    const actors = matching.slice(0, limit)
    const also = this.actors.find((actor) => actor.id === query.get('also'))
    if (also && !actors.includes(also)) actors.push(also)
    const body = { actors, matched: matching.length, total: this.actors.length, gone: [] }
    return { ...base, body }
  }

  #act({ actor: id, action, dry }: ActRequest): object {
    const at = this.actors.findIndex((actor) => actor.id === id)
    const found = this.actors[at]
    if (!found) return { done: false, consequence: `there is no ${id} any more` }
    const consequence =
      action === 'kill'
        ? `its supervisor starts it again; ${found.depth} messages are kept`
        : `${action} ${id}`
    if (dry) return { done: false, consequence }
    this.acts.push({ host: found.host, actor: id, action })
    const states = { pause: 'paused', resume: 'running', restart: 'running', kill: 'running' }
    const restarted = action === 'kill' || action === 'restart' ? 1 : 0
    const restarts = found.restarts + restarted
    const lastError = restarted ? 'killed by an operator' : found.lastError
    this.actors[at] = { ...found, restarts, lastError, state: states[action] }
    return { done: true, consequence }
  }

  #tap({ actor, max }: TapRequest, reply: (status: number, value: unknown) => void): void {
    const messages = Array.from({ length: Math.min(3, max) }, (_, i) => ({
      at: Date.now(),
      verb: `verb${i}`,
      from: 'rpc/main',
      lane: 'data',
      waitMs: 0.2,
      handleMs: 1.5,
      trace: undefined,
      body: `{to: ${actor}}`,
    }))
    reply(200, { messages, ended: 'time' })
  }
}
