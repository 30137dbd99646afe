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

function busy(): RpcError {
  return new RpcError('LIMIT', 'the node is busy: try again')
}

function answerText(id: Id, outcome: unknown): string {
  if (outcome instanceof RpcError) return errorText(id, outcome)
  return JSON.stringify({ jsonrpc: '2.0', id, result: outcome ?? null })
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
   * of a method that takes several at once go together.
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
          : await this.run(run, context)
      for (const answer of parts) {
        if (answer === undefined) continue
        bytes += answer.length
        answers.push(answer)
      }
      at = end
    }
    return answers.length > 0 ? `[${answers.join(',')}]` : undefined
  }

  private methodOf(value: unknown): Method | undefined {
    const name = (value as { method?: unknown } | null)?.method
    return typeof name === 'string' ? this.methods.get(name) : undefined
  }

  private endOfRun(values: readonly unknown[], start: number): number {
    const method = this.methodOf(values[start])
    let end = start + 1
    if (!method?.runMany) return end
    while (end < values.length && this.methodOf(values[end]) === method) end++
    return end
  }

  private async run(values: readonly unknown[], context: RpcContext) {
    const method = this.methodOf(values[0])
    const { runMany } = method ?? {}
    if (!method || !runMany || values.length === 1) return [await this.one(values[0], context)]
    const answers: (string | undefined)[] = new Array(values.length)
    const requests: Request[] = []
    const places: number[] = []
    const started = performance.now()
    for (const [i, value] of values.entries()) {
      try {
        requests.push(readRequest(value))
        places.push(i)
      } catch (error) {
        answers[i] = errorText(idOf(value), error as RpcError)
      }
    }
    const outcomes = await this.outcomes(method.name, requests, (given) => runMany(context, given))
    const ms = performance.now() - started
    for (const [i, { id }] of requests.entries()) {
      const outcome = outcomes[i]
      const failed = outcome instanceof RpcError
      this.figures.add(method.name, failed ? 'failure' : 'success', ms)
      if (id !== undefined) answers[places[i] as number] = answerText(id, outcome)
    }
    return answers
  }

  /** Those beyond what may be in flight are refused; a fault is the answer to all that were run. */
  private async outcomes(
    name: string,
    requests: readonly Request[],
    runMany: (given: readonly (readonly unknown[])[]) => Promise<readonly unknown[]>,
  ): Promise<readonly unknown[]> {
    const room = Math.max(0, RPC_IN_FLIGHT_MAX - this.inFlight)
    const taken = requests.slice(0, room)
    const refused = requests.slice(room).map(busy)
    this.inFlight += taken.length
    try {
      return [...(await runMany(taken.map(({ params }) => params))), ...refused]
    } catch (error) {
      const known = this.known(error, name)
      return [...taken.map(() => known), ...refused]
    } finally {
      this.inFlight -= taken.length
    }
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
      const result = await this.call(request, context)
      done('success')
      return id === undefined ? undefined : answerText(id, result)
    } catch (error) {
      done('failure')
      const known = this.known(error, request.method)
      return id === undefined ? undefined : errorText(id, known)
    }
  }

  private async call({ method: name, params }: Request, context: RpcContext): Promise<unknown> {
    const method = this.methods.get(name)
    if (!method) {
      const text = `the method ${name.slice(0, 100)} does not exist/is not available`
      throw new RpcError('METHOD_NOT_FOUND', text)
    }
    if (this.inFlight >= RPC_IN_FLIGHT_MAX) {
      throw busy()
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
