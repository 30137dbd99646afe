// The job desk of `aitbc run`, over the SDK's coordinator client.

import type { Hex } from '../../lib/hex.ts'
import { CoordinatorClient, CoordinatorError } from '../../sdk/coordinator/coordinator-client.ts'
import { CliError } from './cli-error.ts'
import type { JobDesk } from './job-desk.ts'

/** `isPaid`: the money is locked, so that what passes by itself is waited for. */
function asCliError(error: unknown, api: string, isPaid = false): unknown {
  if (error instanceof CoordinatorError) {
    const isLater = isPaid && error.status >= 500
    const what = isLater ? 'the coordinator takes no job now' : 'the coordinator refused'
    return new CliError(
      isLater ? 'UNREACHABLE' : 'REFUSED',
      what,
      `${error.message} (${error.code})`,
      error.hint,
    )
  }
  if (error instanceof TypeError || (error as Error).name === 'TimeoutError') {
    const why = (error as Error).message
    return new CliError('UNREACHABLE', `no answer from ${api}`, why, 'check with ./aitbc status')
  }
  return error
}

const READY_TRIES = 20
const READY_MS = 250

/** The node that serves the proof may be behind the one that saw the end of the job. */
async function whenReady<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      const isLater = error instanceof CoordinatorError && error.code === 'JOB_NOT_READY'
      if (!isLater || tries === READY_TRIES) throw error
      await new Promise((done) => setTimeout(done, READY_MS))
    }
  }
}

export function coordinatorDesk(api: string, privateKey: Hex, traceparent?: string): JobDesk {
  const traced = traceparent === undefined ? {} : { traceparent }
  const client = new CoordinatorClient({ baseUrl: api, privateKey, ...traced })
  const guarded = async <T>(work: Promise<T>, isPaid = false): Promise<T> => {
    try {
      return await work
    } catch (error) {
      throw asCliError(error, api, isPaid)
    }
  }
  return {
    async quote(request, payment) {
      const quote = await guarded(client.quote(request, payment))
      return {
        request: quote.request,
        jobId: quote.job_id,
        requestHash: quote.request_hash,
        modelId: quote.model_id,
        modelRoot: quote.model_root,
        priceWei: BigInt(quote.price_wei),
        deadlineSeconds: quote.deadline_seconds,
        coordinator: quote.coordinator,
        market: quote.market,
        matching: quote.matching,
        lock: quote.lock ?? undefined,
      }
    },
    async submit({ request }, money) {
      await guarded(client.createJob({ request, ...money }), true)
    },
    async *events(jobId) {
      try {
        yield* client.events(jobId)
      } catch (error) {
        throw asCliError(error, api)
      }
    },
    async job(jobId) {
      const job = await guarded(client.job(jobId))
      return {
        status: job.status,
        modelId: job.model_id,
        output: job.output,
        paidWei: BigInt(job.paid_wei),
        refundedWei: BigInt(job.refunded_wei),
        settleTx: job.settle_tx ?? undefined,
        settleBlock: job.settle_block ?? undefined,
        errorCode: job.error?.code,
        errorMessage: job.error?.message,
      }
    },
    bundle: (jobId) => guarded(whenReady(() => client.bundle(jobId))),
  }
}
