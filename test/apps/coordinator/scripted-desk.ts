// A scheduler and an archive that do what a test tells them: for what the coordinator does by
// itself. Their answers go through the real message schemas.

import type { JobView, SchedulerMessages as Messages } from '../../../actors/messages/scheduler.ts'
import { SchedulerMessages } from '../../../actors/messages/scheduler.ts'
import { utf8 } from '../../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import type { Infer } from '../../../lib/schema.ts'
import { keccak } from '../../../protocol/crypto/keccak.ts'
import { readCanonicalRequest, readRequestText } from '../../../protocol/job/read-request.ts'
import { actor, type Handlers } from '../../../runtime/actor.ts'
import type { Body } from '../../../runtime/messages.ts'

export type Job = Infer<typeof JobView>
type Verbs = (typeof Messages)['verbs']

type Submission = Body<Verbs, 'Submit'>

const hash = (text: string): Hex => bytesToHex(keccak(utf8(text)))
const address = (byte: string): Hex => `0x${byte.repeat(20)}`
const ended = (job: Job) => !['pending', 'assigned', 'running'].includes(job.state)

/** A model named `quote-CODE` or `submit-CODE` is refused there with that code. */
function refusal(at: 'quote' | 'submit', modelId: string): string {
  return modelId.startsWith(`${at}-`) ? modelId.slice(at.length + 1) : ''
}

interface JobEvent {
  readonly seq: number
  readonly event: string
  readonly data: string
}

export class Desk {
  readonly jobs = new Map<Hex, Job>()
  readonly events = new Map<Hex, JobEvent[]>()
  readonly changes: { readonly seq: number; readonly job: Job }[] = []
  submitted = 0
  private salt = 0
  private lastMs = 0
  private readonly keys = new Map<string, { asked: string; jobId: Hex }>()
  private waiters: (() => void)[] = []
  private ending = false

  /** Nobody is kept waiting any longer. */
  end(): void {
    this.ending = true
    for (const wake of this.waiters.splice(0)) wake()
  }

  /** Writes a job as it is now, with an event of its new state. */
  put(job: Job): void {
    this.jobs.set(job.jobId, job)
    this.changes.push({ seq: this.changes.length + 1, job })
    this.event(job.jobId, 'state', { status: job.state })
  }

  event(jobId: Hex, event: string, data: unknown): void {
    const all = this.events.get(jobId) ?? []
    all.push({ seq: all.length + 1, event, data: JSON.stringify(data) })
    this.events.set(jobId, all)
    for (const wake of this.waiters.splice(0)) wake()
  }

  change(jobId: Hex, facts: Partial<Job>): void {
    this.put({ ...(this.jobs.get(jobId) as Job), ...facts })
  }

  private quote(consumer: Hex, text: string, payment: string) {
    const read = readRequestText(text, hash(`salt ${this.salt++}`))
    const request = read.ok ? read.text : ''
    const modelId = read.ok ? read.request.model_id : ''
    const code = read.ok ? refusal('quote', modelId) : read.code
    return {
      code,
      message: read.ok ? code : read.message,
      request,
      jobId: hash(consumer + request),
      requestHash: hash(request),
      modelId,
      modelRoot: hash(modelId),
      priceWei: 100n,
      deadlineSeconds: 2_000_000_000,
      coordinator: address('c0'),
      market: address('0a'),
      explain: '',
      lock: payment === 'rollup' ? { payee: 7, deadline: 9000 } : undefined,
      matching: 1,
    }
  }

  private submit({ consumer, request, escrowTx, lock, idempotencyKey }: Submission) {
    const read = readCanonicalRequest(request)
    if (!read.ok) return { code: read.code, message: read.message, job: undefined }
    const { model_id: modelId } = read.request
    const refused = (code: string) => ({ code, message: `refused: ${code}`, job: undefined })
    const code = refusal('submit', modelId)
    if (code) return refused(code)
    const key = `${consumer} ${idempotencyKey ?? hash(request)}`
    const asked = JSON.stringify({ ...read.request, salt: undefined })
    const known = this.keys.get(key)
    if (known && known.asked !== asked) return refused('IDEMPOTENCY_CONFLICT')
    if (known) return { code: '', message: '', job: this.jobs.get(known.jobId) }
    this.keys.set(key, { asked, jobId: hash(consumer + request) })
    this.submitted++
    this.lastMs = Math.max(Date.now(), this.lastMs + 1)
    const at = this.lastMs
    const job: Job = {
      jobId: hash(consumer + request),
      consumer,
      state: 'pending',
      type: read.request.type,
      modelId,
      modelRoot: hash(modelId),
      requestHash: hash(request),
      priceWei: 100n,
      paidWei: 0n,
      refundedWei: 0n,
      provider: undefined,
      worker: undefined,
      attempts: 0,
      createdAtMs: at,
      updatedAtMs: at,
      deadlineMs: 2_000_000_000_000,
      rollup: lock && { ...lock, owner: 5, payee: 7, deadline: 9000, ended: undefined },
      escrowTx: lock ? undefined : (escrowTx ?? hash(`escrow ${request}`)),
      escrowHeight: lock ? undefined : 7,
      settleTx: undefined,
      settleHeight: undefined,
      output: undefined,
      receipt: undefined,
      receiptHash: undefined,
      errorCode: undefined,
      errorMessage: undefined,
      waiting: undefined,
      traceId: undefined,
    }
    this.put(job)
    return { code: '', message: '', job }
  }

  private cancel(jobId: Hex, by: Hex) {
    const job = this.jobs.get(jobId)
    if (!job) return { code: 'NOT_FOUND', message: 'no such job' }
    if (job.consumer !== by) return { code: 'FORBIDDEN', message: 'not yours' }
    if (ended(job)) return { code: 'NOT_CANCELABLE', message: 'the job has ended' }
    this.change(jobId, { state: 'cancelled', refundedWei: job.priceWei })
    return { code: '', message: '' }
  }

  /** Answers now, or at the next event. */
  private wait(tryAnswer: () => boolean): void {
    if (!tryAnswer()) this.waiters.push(() => this.wait(tryAnswer))
  }

  handlers(): Handlers<Verbs> {
    const ok = { code: '', message: '' }
    return {
      Quote: ({ consumer, request, payment }, reply) =>
        reply(this.quote(consumer, request, payment)),
      Submit: (body, reply) => reply(this.submit(body)),
      Job: ({ jobId }, reply) => reply(this.jobs.get(jobId)),
      Cancel: ({ jobId, by }, reply) => reply(this.cancel(jobId, by)),
      ChangesAfter: ({ seq, max }, reply) =>
        this.wait(() => {
          const news = this.changes.filter((change) => change.seq > seq).slice(0, max)
          if (news.length === 0 && !this.ending) return false
          reply(news)
          return true
        }),
      EventsAfter: ({ jobId, seq }, reply) =>
        this.wait(() => {
          const events = (this.events.get(jobId) ?? []).filter((event) => event.seq > seq)
          const job = this.jobs.get(jobId)
          const last = !job || ended(job) ? 'yes' : 'no'
          if (events.length === 0 && last === 'no' && !this.ending) return false
          reply({ last, events })
          return true
        }),
      Providers: (_, reply) => reply([]),
      Overview: (_, reply) => reply([]),
      Register: (_, reply) => reply({ ...ok, heartbeatMs: 1000 }),
      Heartbeat: () => {},
      Chunk: () => {},
      Finished: (_, reply) => reply(ok),
      Failed: (_, reply) => reply(ok),
    }
  }
}

export const deskActor = actor({
  messages: SchedulerMessages,
  restart: 'permanent',
  mailbox: { capacity: 1000, overflow: 'reject' },
  setup: (_, desk: Desk) => desk.handlers(),
})
