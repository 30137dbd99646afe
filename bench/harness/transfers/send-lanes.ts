// Sends JSON-RPC requests over a few connections, alone or in batches. A lane has one under way at
// a time, so that the transactions of one sender arrive in their order; what comes meanwhile waits
// for it, and that wait is the system’s: times count from when a request was to be sent.

import { Agent, request } from 'node:http'

const ANSWER_MS = 30_000

export interface LaneOptions {
  readonly url: string
  readonly lanes: number
  /** Requests in one message; 1 sends each by itself, without a list around it. */
  readonly batchMax: number
  bodyOf(index: number): Buffer
  answered(index: number, result: unknown): void
  /** Told of every request that was answered with an error, or not at all. */
  refused(index: number, message: string): void
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

interface Lane {
  readonly waiting: number[]
  busy: boolean
}

export class SendLanes {
  private readonly url: URL
  private readonly agent: Agent
  private readonly lanes: Lane[]
  private readonly options: LaneOptions

  constructor(options: LaneOptions) {
    const { url, lanes } = options
    this.url = new URL(url)
    this.agent = new Agent({ keepAlive: true, maxSockets: lanes })
    this.lanes = Array.from({ length: lanes }, () => ({ waiting: [], busy: false }))
    this.options = options
  }

  /** Nothing waits, nothing is under way. */
  get idle(): boolean {
    return this.lanes.every(({ waiting, busy }) => !busy && waiting.length === 0)
  }

  /** Call `flush` after the last of a moment. */
  add(lane: number, index: number): void {
    ;(this.lanes[lane % this.lanes.length] as Lane).waiting.push(index)
  }

  flush(): void {
    for (const lane of this.lanes) if (!lane.busy && lane.waiting.length > 0) void this.send(lane)
  }

  private async send(lane: Lane): Promise<void> {
    lane.busy = true
    while (lane.waiting.length > 0) {
      const batch = lane.waiting.splice(0, this.options.batchMax)
      try {
        this.read(batch, await this.post(this.body(batch)))
      } catch (error) {
        for (const index of batch) this.options.refused(index, (error as Error).message)
      }
    }
    lane.busy = false
  }

  private body(batch: readonly number[]): Buffer {
    const { batchMax, bodyOf } = this.options
    if (batchMax === 1) return bodyOf(batch[0] as number)
    const parts: Buffer[] = []
    for (const index of batch) parts.push(parts.length === 0 ? OPEN : COMMA, bodyOf(index))
    parts.push(CLOSE)
    return Buffer.concat(parts)
  }

  private read(batch: readonly number[], text: string): void {
    const { answered, refused, batchMax } = this.options
    const value = JSON.parse(text) as Answer | readonly Answer[]
    if (!Array.isArray(value) && (batchMax > 1 || batch.length > 1)) {
      const message = (value as Answer).error?.message ?? 'no list of answers'
      for (const index of batch) refused(index, message)
      return
    }
    for (const { id, result, error } of Array.isArray(value) ? value : [value as Answer]) {
      if (error) refused(id, error.message)
      else answered(id, result)
    }
  }

  private post(body: Buffer): Promise<string> {
    return new Promise((done, refuse) => {
      const headers = { 'content-type': 'application/json', 'content-length': body.length }
      const options = { method: 'POST', agent: this.agent, headers, timeout: ANSWER_MS }
      const sent = request(this.url, options, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () => done(Buffer.concat(parts).toString('latin1')))
        response.on('error', refuse)
      })
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${ANSWER_MS / 1000} s`)))
      sent.on('error', refuse)
      sent.end(body)
    })
  }

  close(): void {
    this.agent.destroy()
  }
}

const OPEN = Buffer.from('[')
const COMMA = Buffer.from(',')
const CLOSE = Buffer.from(']')
