// JSON-RPC to one gateway, many calls in one request: what the invariant checker reads with.

/** A checker must not be what breaks a busy cluster: small requests, and patience. */
const LIMIT_MS = 20_000
const BATCH = 50

export interface RpcCall {
  readonly method: string
  readonly params: readonly unknown[]
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

export class Rpc {
  readonly url: string
  private readonly limitMs: number

  constructor(url: string, limitMs = LIMIT_MS) {
    this.url = url
    this.limitMs = limitMs
  }

  async call(method: string, ...params: unknown[]): Promise<unknown> {
    const [result] = await this.batch([{ method, params }])
    return result
  }

  /** Results in order. Throws when the gateway does not answer or refuses one of the calls. */
  async batch(calls: readonly RpcCall[]): Promise<unknown[]> {
    const results: unknown[] = []
    for (let at = 0; at < calls.length; at += BATCH) {
      results.push(...(await this.send(calls.slice(at, at + BATCH))))
    }
    return results
  }

  private async send(calls: readonly RpcCall[]): Promise<unknown[]> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))),
      signal: AbortSignal.timeout(this.limitMs),
    })
    const answers = (await response.json()) as Answer[]
    const byId = new Map(answers.map((answer) => [answer.id, answer]))
    return calls.map(({ method }, id) => {
      const answer = byId.get(id)
      if (answer?.error) throw new Error(`${method}: ${answer.error.message}`)
      if (!answer) throw new Error(`${method}: no answer from ${this.url}`)
      return answer.result
    })
  }
}

/** A quantity as JSON-RPC writes it. */
export function quantity(value: unknown): number {
  return Number(BigInt(value as string))
}
