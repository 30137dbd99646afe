// The receipt of a job as the provider states it.

import { buildReceipt } from '../../protocol/receipt/build-receipt.ts'
import type { RollupBilling, UnsignedReceipt } from '../../protocol/receipt/receipt-v2.ts'
import type { HeldLock } from '../../protocol/rollup/sign-operation.ts'
import type { GpuWorkerProps } from './gpu-worker.ts'
import type { Run } from './runs.ts'

export interface ModelOutcome {
  readonly output: string
  readonly promptTokens: number
  readonly completionTokens: number
  readonly inputs: number
  readonly cancelled: boolean
}

export function jobReceipt(
  props: GpuWorkerProps,
  { job, request, model, chunks, startedAtMs, cancelled }: Run,
  outcome: ModelOutcome,
  completedAtMs: number,
): UnsignedReceipt {
  return buildReceipt({
    chainId: props.chainId,
    jobId: job.jobId,
    requestText: job.request,
    request,
    provider: props.address,
    client: job.consumer,
    coordinator: job.coordinator,
    modelRoot: model.modelRoot,
    quantization: model.quantization,
    tokenizerHash: model.tokenizerHash,
    engine: model.engine,
    device: model.device,
    unit: model.unit,
    unitPriceWei: model.unitPriceWei,
    priceWei: job.priceWei,
    status: cancelled && outcome.cancelled ? 'cancelled' : 'completed',
    promptTokens: outcome.promptTokens,
    completionTokens: outcome.completionTokens,
    inputs: outcome.inputs,
    output: outcome.output,
    chunks,
    startedAtMs,
    completedAtMs,
    ...(job.lock && { rollup: placeOf(job.lock) }),
  })
}

function placeOf({ lock, use, payee }: HeldLock): RollupBilling {
  return { lock, use, payee }
}
