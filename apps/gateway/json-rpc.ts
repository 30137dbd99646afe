// JSON-RPC 2.0: from the text of a request or batch to the text of its answer. Whatever comes in,
// it answers or stays silent as the specification says, and never throws.

import { RPC_BATCH_MAX, RPC_IN_FLIGHT_MAX, RPC_REPLY_BYTES_MAX } from '../../config/limits.ts'
import { ChainUnavailable } from './chain-access.ts'
import { RpcError } from './errors.ts'
import type { Method, RpcContext } from './method.ts'
import { RpcFigures } from './rpc-figures.ts'

type Id = string | number | boolean | null

interface Request {
  readonly id: Id | undefined
  readonly method: string
  readonly params: readonly unknown[]
}

function errorText(id: Id, error: RpcError): string {
  const { code, message, data } = error
  const body = data === undefined ? { code, message } : { code, message, data }
  return JSON.stringify({ jsonrpc: '2.0', id, error: body })
}

function isId(value: unknown): value is Id {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

/** The request's parts. Throws RpcError INVALID_REQUEST or INVALID_PARAMS. */
function readRequest(value: unknown): Request {
  const bad = (text: string) => new RpcError('INVALID_REQUEST', `invalid request: ${text}`)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw bad('not an object')
  }
  const { jsonrpc, id, method, params } = value as Record<string, unknown>
  if (jsonrpc !== '2.0') throw bad('jsonrpc must be "2.0"')
  if (typeof method !== 'string') throw bad('method must be text')
  if (id !== undefined && !isId(id)) throw bad('id must be text, a number or null')
  if (params !== undefined && params !== null && !Array.isArray(params)) {
    throw new RpcError('INVALID_PARAMS', 'params must be a list')
  }
  return { id, method, params: (params as unknown[] | null | undefined) ?? [] }
}

/** The id to answer a bad request with: null unless one can be made out. */
function idOf(value: unknown): Id {
  const id = (value as { id?: unknown } | null)?.id
  return isId(id) ? id : null
}

export class JsonRpc {
  private readonly methods: ReadonlyMap<string, Method>
  private readonly failed: (error: unknown, method: string) => void
  private inFlight = 0
  readonly figures = new RpcFigures()

  /** `failed` takes faults of ours; the client hears only that there was one. */
  constructor(
    methods: ReadonlyMap<string, Method>,
    failed: (error: unknown, method: string) => void,
  ) {
    this.methods = methods
    this.failed = failed
  }

  /** Undefined when nothing is to be answered (notifications). */
  async answer(text: string, context: RpcContext): Promise<string | undefined> {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return errorText(null, new RpcError('PARSE', 'parse error: the body is not JSON'))
    }
    if (!Array.isArray(value)) return this.one(value, context)
    if (value.length === 0) return errorText(null, new RpcError('INVALID_REQUEST', 'empty batch'))
    if (value.length > RPC_BATCH_MAX) {
      const text = `batch too large: at most ${RPC_BATCH_MAX} requests`
      return errorText(null, new RpcError('INVALID_REQUEST', text))
    }
    return this.batch(value, context)
  }

  /**
   * One after the other, so that what is read after a transaction was handed in sees it; neighbours
   * of a method that may go together are begun in their order.
   */
  private async batch(values: readonly unknown[], context: RpcContext) {
    const answers: string[] = []
    let bytes = 0
    for (let at = 0; at < values.length; ) {
      const end = this.endOfRun(values, at)
      const run = values.slice(at, end)
      const parts =
        bytes > RPC_REPLY_BYTES_MAX
          ? run.map((value) => {
              const error = new RpcError('REPLY_TOO_LARGE', 'response too large')
              return errorText(idOf(value), error)
            })
          : await Promise.all(run.map((value) => this.one(value, context)))
      for (const answer of parts) {
        if (answer === undefined) continue
        bytes += answer.length
        answers.push(answer)
      }
      at = end
    }
    return answers.length > 0 ? `[${answers.join(',')}]` : undefined
  }

  private endOfRun(values: readonly unknown[], start: number): number {
    const goesTogether = (value: unknown) => {
      const name = (value as { method?: unknown } | null)?.method
      return typeof name === 'string' && this.methods.get(name)?.together === true
    }
    let end = start
    while (end < values.length && goesTogether(values[end])) end++
    return Math.max(end, start + 1)
  }

  private async one(value: unknown, context: RpcContext): Promise<string | undefined> {
    let request: Request
    try {
      request = readRequest(value)
    } catch (error) {
      return errorText(idOf(value), error as RpcError)
    }
    const { id } = request
    const started = performance.now()
    const name = this.methods.get(request.method)?.name
    const done = (result: 'success' | 'failure') =>
      this.figures.add(name, result, performance.now() - started)
    try {
      const result = (await this.run(request, context)) ?? null
      done('success')
      return id === undefined ? undefined : JSON.stringify({ jsonrpc: '2.0', id, result })
    } catch (error) {
      done('failure')
      const known = this.known(error, request.method)
      return id === undefined ? undefined : errorText(id, known)
    }
  }

  private async run({ method: name, params }: Request, context: RpcContext): Promise<unknown> {
    const method = this.methods.get(name)
    if (!method) {
      const text = `the method ${name.slice(0, 100)} does not exist/is not available`
      throw new RpcError('METHOD_NOT_FOUND', text)
    }
    if (this.inFlight >= RPC_IN_FLIGHT_MAX) {
      throw new RpcError('LIMIT', 'the node is busy: try again')
    }
    this.inFlight++
    try {
      return await method.run(context, params)
    } finally {
      this.inFlight--
    }
  }

  private known(error: unknown, method: string): RpcError {
    if (error instanceof RpcError) return error
    if (error instanceof ChainUnavailable) {
      return new RpcError('UNAVAILABLE', `no node of the chain answers: ${error.message}`)
    }
    this.failed(error, method)
    return new RpcError('INTERNAL', 'internal error')
  }
}
