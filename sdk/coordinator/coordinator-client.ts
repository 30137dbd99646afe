// A typed client of the coordinator's REST API: signs in by itself, keeps its token, and turns
// errors into exceptions that say what to do. Uses nothing but fetch.

import { concatBytes, utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { keccak } from '../../protocol/crypto/keccak.ts'
import { addressOfSecret, secp256k1Noble } from '../../protocol/crypto/secp256k1-noble.ts'
import { signForWallet } from '../../protocol/crypto/wallet-signature.ts'
import type { QuotedJob } from '../rollup/lock-for-quote.ts'
import { readEvents, type ServerEvent } from './read-events.ts'

export interface CoordinatorClientOptions {
  /** Such as http://127.0.0.1:8080, without a path. */
  readonly baseUrl: string
  /** Signs the sign-in message; or give `address` and `sign`. */
  readonly privateKey?: Hex
  readonly address?: Hex
  readonly sign?: (message: string) => Promise<Hex>
  readonly timeoutMs?: number
  /** W3C traceparent sent with what is asked to be done: the job's trace goes on from there. */
  readonly traceparent?: string
}

export interface JobBody {
  readonly type: string
  readonly model_id: string
  readonly input_data: unknown
  readonly requirements?: Readonly<Record<string, unknown>>
}

export interface Quote {
  readonly job_id: Hex
  readonly request: string
  readonly request_hash: Hex
  readonly model_id: string
  readonly model_root: Hex
  readonly price_wei: string
  /** Unix seconds. */
  readonly deadline_seconds: number
  readonly coordinator: Hex
  readonly market: Hex
  readonly matching: number
  /** Of a price in the rollup: the account to lock it for, and until which height. */
  readonly lock: { readonly payee: number; readonly deadline: number } | null
}

/** What a lock of the rollup is made for (sdk/rollup/pay-quote.ts). */
export function quotedJob(quote: Quote): QuotedJob {
  const { job_id: jobId, request_hash: requestHash, model_root: modelRoot } = quote
  const lock = quote.lock ?? undefined
  return { jobId, requestHash, modelRoot, priceWei: BigInt(quote.price_wei), lock }
}

/** What holds the price of a job: a final transaction, or a lock of the rollup and its use. */
export type JobMoney =
  | { readonly escrow_tx: Hex }
  | { readonly rollup_lock: { readonly lock: number; readonly use: number } }

export interface Job {
  readonly job_id: Hex
  readonly status: string
  readonly model_id: string
  readonly output: unknown
  readonly price_wei: string
  readonly paid_wei: string
  readonly refunded_wei: string
  readonly provider: Hex | null
  readonly payment: 'market' | 'rollup'
  /** The lock that pays it; batch and position are those of the operation that emptied it. */
  readonly rollup: {
    readonly lock: number
    readonly use: number
    readonly owner: number
    readonly payee: number
    readonly deadline: number
    readonly batch: number | null
    readonly position: number | null
  } | null
  readonly escrow_tx: Hex | null
  readonly settle_tx: Hex | null
  readonly settle_block: number | null
  readonly receipt_id: Hex | null
  /** 32 hex digits; null for jobs of before. */
  readonly trace_id: string | null
  readonly error: { readonly code: string; readonly message: string } | null
}

export class CoordinatorError extends Error {
  override readonly name = 'CoordinatorError'
  readonly status: number
  readonly code: string
  readonly hint: string
  constructor(status: number, code: string, message: string, hint: string) {
    super(message)
    this.status = status
    this.code = code
    this.hint = hint
  }
}

interface Signer {
  readonly address: Hex
  sign(message: string): Promise<Hex>
}

/** EIP-191 personal message. */
function personalDigest(message: string): Uint8Array {
  const bytes = utf8(message)
  return keccak(concatBytes(utf8(`\x19Ethereum Signed Message:\n${bytes.length}`), bytes))
}

function signerOf({ privateKey, address, sign }: CoordinatorClientOptions): Signer | undefined {
  if (address && sign) return { address, sign }
  if (!privateKey) return undefined
  const key = hexToBytes(privateKey)
  return {
    address: bytesToHex(addressOfSecret(key)),
    sign: async (message) =>
      bytesToHex(signForWallet(secp256k1Noble, key, personalDigest(message))),
  }
}

const TIMEOUT_MS_DEFAULT = 30_000
const EVENTS_RETRIES_MAX = 20
const EVENTS_RETRY_MS = 500

export class CoordinatorClient {
  private readonly baseUrl: string
  private readonly signer: Signer | undefined
  private readonly timeoutMs: number
  private readonly traceparent: string | undefined
  private token: string | undefined

  constructor(options: CoordinatorClientOptions) {
    this.baseUrl = options.baseUrl.replace(/\/$/, '')
    this.signer = signerOf(options)
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS_DEFAULT
    this.traceparent = options.traceparent
  }

  async login(): Promise<void> {
    const { signer } = this
    if (!signer) throw new TypeError('to sign in, give a privateKey, or an address and sign')
    const path = `/api/v1/auth/nonce?address=${signer.address}`
    const { message } = await this.json<{ message: string }>('GET', path, { open: true })
    const body = { address: signer.address, message, signature: await signer.sign(message) }
    const reply = await this.json<{ token: string }>('POST', '/api/v1/auth/login', {
      body,
      open: true,
    })
    this.token = reply.token
  }

  quote(body: JobBody, payment: Job['payment'] = 'market'): Promise<Quote> {
    return this.json('POST', '/api/v1/quotes', { body: { ...body, payment } })
  }

  /** The published body (then the market deposit pays), or a quote's text with what holds its price. */
  createJob(
    body: JobBody | ({ readonly request: string } & Partial<JobMoney>),
    idempotencyKey?: string,
  ): Promise<Job> {
    const headers = idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}
    return this.json('POST', '/api/v1/jobs', { body, headers })
  }

  job(jobId: Hex): Promise<Job> {
    return this.json('GET', `/api/v1/jobs/${jobId}`)
  }

  list(query: { status?: string; limit?: number; cursor?: string } = {}): Promise<{
    data: Job[]
    next_cursor: string | null
  }> {
    const text = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) text.set(name, String(value))
    return this.json('GET', `/api/v1/jobs?${text}`)
  }

  cancel(jobId: Hex): Promise<Job> {
    return this.json('DELETE', `/api/v1/jobs/${jobId}`)
  }

  /** The receipt bundle, byte for byte. */
  async bundle(id: Hex): Promise<string> {
    return (await this.request('GET', `/api/v1/receipts/${id}/bundle`)).text()
  }

  /** A job's events until its end; a connection that breaks is taken up where it broke. */
  async *events(jobId: Hex): AsyncGenerator<ServerEvent> {
    let last = '0'
    for (let tries = 0; tries <= EVENTS_RETRIES_MAX; tries++) {
      try {
        const headers = { 'last-event-id': last }
        const path = `/api/v1/jobs/${jobId}/events`
        const response = await this.request('GET', path, { headers, endless: true })
        for await (const event of readEvents(response)) {
          last = event.id
          tries = 0
          yield event
        }
        return
      } catch (error) {
        if (error instanceof CoordinatorError && error.status < 500) throw error
        if (tries === EVENTS_RETRIES_MAX) throw error
        await new Promise((resolve) => setTimeout(resolve, EVENTS_RETRY_MS))
      }
    }
  }

  private async json<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
    return (await this.request(method, path, options)).json() as Promise<T>
  }

  private async request(
    method: string,
    path: string,
    options: CallOptions = {},
  ): Promise<Response> {
    if (!options.open && !this.token && this.signer) await this.login()
    const headers: Record<string, string> = { ...options.headers }
    // Reads are no part of what becomes of a job.
    if (this.traceparent !== undefined && method !== 'GET') headers.traceparent = this.traceparent
    if (options.body !== undefined) headers['content-type'] = 'application/json'
    if (this.token && !options.open) headers.authorization = `Bearer ${this.token}`
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers,
      ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
      ...(!options.endless && { signal: AbortSignal.timeout(this.timeoutMs) }),
    })
    if (response.ok) return response
    if (response.status === 401 && this.signer && this.token && !options.open && !options.again) {
      // The token has expired, or the coordinator has another key now.
      this.token = undefined
      return this.request(method, path, { ...options, again: true })
    }
    throw await readError(response)
  }
}

interface CallOptions {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Without a token. */
  readonly open?: boolean
  readonly endless?: boolean
  /** Tried once already with a token that was refused. */
  readonly again?: boolean
}

async function readError(response: Response): Promise<CoordinatorError> {
  const { status } = response
  try {
    const { error } = (await response.json()) as {
      error: { code: string; message: string; hint?: string }
    }
    return new CoordinatorError(status, error.code, error.message, error.hint ?? '')
  } catch {
    return new CoordinatorError(status, 'UNKNOWN', `the coordinator answered ${status}`, '')
  }
}
