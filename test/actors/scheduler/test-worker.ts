// A provider for scheduler tests: speaks the vocabulary, streams, and signs real receipts; can be
// told to be slow, to hang, to lie, or to fail.
import type { RollupKeys } from '../../../actors/gpu-worker/gpu-worker.ts'
import { LockDrawer } from '../../../actors/gpu-worker/lock-drawer.ts'
import { GpuWorkerMessages } from '../../../actors/messages/gpu-worker.ts'
import { SchedulerMessages } from '../../../actors/messages/scheduler.ts'
import type { Hex } from '../../../lib/hex.ts'
import { secp256k1Noble } from '../../../protocol/crypto/secp256k1-noble.ts'
import type { JobRequest } from '../../../protocol/job/job-request.ts'
import { buildReceipt } from '../../../protocol/receipt/build-receipt.ts'
import { canonicalJson } from '../../../protocol/receipt/jcs.ts'
import type { UnsignedReceipt } from '../../../protocol/receipt/receipt-v2.ts'
import { signReceipt } from '../../../protocol/receipt/sign-receipt.ts'
import type { HeldLock } from '../../../protocol/rollup/sign-operation.ts'
import { actor } from '../../../runtime/actor.ts'
import type { Context } from '../../../runtime/context.ts'

export interface WorkerProps {
  readonly secretKey: Uint8Array
  readonly address: Hex
  readonly slots: number
  readonly unitPriceWei: bigint
  readonly tokenMs: number
  behaviour:
    | 'honest'
    | 'hangs'
    | 'fails'
    | 'wrong-output'
    | 'wrong-signer'
    | 'wrong-settle'
    | 'no-settle'
  /** Of its account in the rollup. */
  readonly rollup?: RollupKeys
  /** Verdicts of the scheduler on what it was sent. */
  readonly verdicts: string[]
}

export const MODEL_ROOT: Hex = `0x${'77'.repeat(32)}`

interface Running {
  readonly jobId: Hex
  readonly attempt: number
  readonly chunks: string[]
  readonly startedAtMs: number
  stopped: boolean
}

function registration(props: WorkerProps, worker: string) {
  const model = {
    modelId: 'stories15m',
    modelRoot: MODEL_ROOT,
    engine: 'test',
    device: 'cpu',
    unit: 'tokens' as const,
    unitPriceWei: props.unitPriceWei,
    unitsPerSecond: 1000 / props.tokenMs,
  }
  const { address, slots, rollup } = props
  const spendKey = rollup?.spendKey
  return { worker, address, slots, models: [model], spendKey, state: 'online' as const }
}

function receiptFor(props: WorkerProps, job: Assigned, run: Running, now: number) {
  const request = JSON.parse(job.request) as JobRequest
  const status = run.stopped ? ('cancelled' as const) : ('completed' as const)
  const output = canonicalJson({ text: run.chunks.join('') })
  const receipt = buildReceipt({
    chainId: 1337,
    jobId: job.jobId,
    requestText: job.request,
    request,
    provider: props.address,
    client: job.consumer,
    coordinator: job.coordinator,
    modelRoot: job.modelRoot,
    quantization: 'f32',
    tokenizerHash: MODEL_ROOT,
    engine: 'test',
    device: 'cpu',
    unit: 'tokens',
    unitPriceWei: props.unitPriceWei,
    priceWei: job.priceWei,
    status,
    promptTokens: 3,
    completionTokens: run.chunks.length,
    inputs: 1,
    output,
    chunks: run.chunks,
    startedAtMs: run.startedAtMs,
    completedAtMs: now,
    ...(job.lock && { rollup: placeOf(job.lock) }),
  })
  const key = props.behaviour === 'wrong-signer' ? new Uint8Array(32).fill(99) : props.secretKey
  const signed = signReceipt(receipt, key, secp256k1Noble)
  return {
    receipt: canonicalJson(signed),
    output: props.behaviour === 'wrong-output' ? '{}' : output,
    settle: settleFor(props, job, receipt),
  }
}

function placeOf({ lock, use, payee }: HeldLock) {
  return { lock, use, payee }
}

function settleFor(
  { behaviour, rollup }: WorkerProps,
  { lock }: Assigned,
  receipt: UnsignedReceipt,
): Uint8Array | undefined {
  if (!lock || !rollup || behaviour === 'no-settle') return undefined
  const settle = new LockDrawer(rollup).settle(lock, receipt) as Uint8Array
  // A signature that does not hold.
  if (behaviour === 'wrong-settle') settle[100] = (settle[100] as number) ^ 1
  return settle
}

interface Assigned {
  readonly jobId: Hex
  readonly attempt: number
  readonly consumer: Hex
  readonly coordinator: Hex
  readonly request: string
  readonly modelRoot: Hex
  readonly priceWei: bigint
  readonly lock: HeldLock | undefined
}

function finish(ctx: Context, props: WorkerProps, job: Assigned, run: Running, ended: () => void) {
  const body = { worker: ctx.self.key, jobId: job.jobId, attempt: job.attempt }
  const made = receiptFor(props, job, run, ctx.wallTime())
  const send = () =>
    ctx.ask(
      SchedulerMessages,
      'main',
      'Finished',
      { ...body, ...made },
      {
        within: 2000,
        ok: ({ code }) => {
          props.verdicts.push(code)
          ended()
        },
        failed: () => ctx.after(`finish ${job.jobId}`, 500, send),
      },
    )
  send()
}

export const TestWorker = actor({
  messages: GpuWorkerMessages,
  restart: 'permanent',
  mailbox: { capacity: 1000, overflow: 'reject' },
  setup(ctx, props: WorkerProps) {
    const worker = ctx.self.key
    const running = new Map<Hex, Running>()
    const list = () => [...running.values()].map(({ jobId, attempt }) => ({ jobId, attempt }))
    const register = () =>
      ctx.ask(SchedulerMessages, 'main', 'Register', registration(props, worker), {
        within: 1000,
        ok: () => {},
        failed: () => {},
      })
    const beat = () => {
      const slotsFree = Math.max(0, props.slots - running.size)
      ctx.tell(SchedulerMessages, 'main', 'Heartbeat', { worker, running: list(), slotsFree })
      register()
      ctx.after('beat', 1000, beat)
    }
    register()
    ctx.after('beat', 1000, beat)

    const work = (job: Assigned, run: Running) => {
      const { max_tokens } = (JSON.parse(job.request) as JobRequest).requirements
      if (run.stopped || run.chunks.length >= max_tokens) {
        return finish(ctx, props, job, run, () => running.delete(job.jobId))
      }
      const { jobId, attempt } = job
      const text = ` w${run.chunks.length}`
      ctx.tell(SchedulerMessages, 'main', 'Chunk', {
        worker,
        jobId,
        attempt,
        index: run.chunks.length,
        text,
      })
      run.chunks.push(text)
      ctx.after(`token ${jobId}`, props.tokenMs, () => work(job, run))
    }
    return {
      Assign(job, reply) {
        reply({ code: '', message: '' })
        if (running.get(job.jobId)?.attempt === job.attempt) return
        const { jobId, attempt } = job
        const startedAtMs = ctx.wallTime()
        const run: Running = { jobId, attempt, chunks: [], startedAtMs, stopped: false }
        running.set(jobId, run)
        if (props.behaviour === 'hangs') return
        if (props.behaviour === 'fails') {
          running.delete(jobId)
          const body = { worker, jobId, attempt, code: 'INVALID_INPUT', message: 'too long' }
          ctx.ask(SchedulerMessages, 'main', 'Failed', body, {
            within: 1000,
            ok: () => {},
            failed: () => {},
          })
          return
        }
        work(job, run)
      },
      Cancel({ jobId }) {
        const run = running.get(jobId)
        if (run !== undefined) run.stopped = true
      },
      Release({ jobId, lock }, reply) {
        const run = running.get(jobId)
        if (!run || run.stopped || props.behaviour === 'hangs') {
          running.delete(jobId)
          reply(new LockDrawer(props.rollup).release(lock))
        } else reply({ code: 'BUSY', operation: new Uint8Array(0) })
      },
      Drain: () => {},
      Status: (_, reply) => reply({ address: props.address, running: list(), models: [] }),
    }
  },
})
