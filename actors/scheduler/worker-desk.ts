// The providers the scheduler knows: what they offer, which of their slots are taken, and when they
// were last heard of. Slots are counted here alone, from the jobs themselves: none is given twice.

import type { Hex } from '../../lib/hex.ts'
import type { Infer } from '../../lib/schema.ts'
import type { Candidate, OfferedModel } from '../../protocol/market/matching.ts'
import type { ProviderView } from '../messages/scheduler.ts'

export interface Worker {
  readonly worker: string
  address: Hex
  slots: number
  models: OfferedModel[]
  views: Infer<typeof ProviderView>['models']
  draining: boolean
  /** Of its account in the rollup, which is undefined until a shard has it. */
  spendKey: Hex | undefined
  account: number | undefined
  /** Monotonic and wall milliseconds. */
  seenAt: number
  seenAtWallMs: number
  online: boolean
  /** `jobId/attempt` as the worker last reported. */
  running: Set<string>
  /** Jobs that hold a slot. */
  readonly jobs: Set<Hex>
}

export class WorkerDesk {
  readonly workers = new Map<string, Worker>()
  private freed = false

  register(worker: string, address: Hex, slots: number): Worker {
    const known = this.workers.get(worker)
    if (known !== undefined) {
      known.address = address
      known.slots = slots
      return known
    }
    const fresh: Worker = {
      worker,
      address,
      slots,
      models: [],
      views: [],
      draining: false,
      spendKey: undefined,
      account: undefined,
      seenAt: 0,
      seenAtWallMs: 0,
      online: true,
      running: new Set(),
      jobs: new Set(),
    }
    this.workers.set(worker, fresh)
    return fresh
  }

  take(worker: string, jobId: Hex): void {
    this.workers.get(worker)?.jobs.add(jobId)
  }

  release(worker: string | undefined, jobId: Hex): void {
    if (worker === undefined) return
    if (this.workers.get(worker)?.jobs.delete(jobId)) this.freed = true
  }

  /** True once after a slot became free. */
  takeFreed(): boolean {
    const freed = this.freed
    this.freed = false
    return freed
  }

  candidates(): Candidate[] {
    return [...this.workers.values()].map((worker) => ({
      worker: worker.worker,
      address: worker.address,
      state: stateOf(worker),
      slotsFree: Math.max(0, worker.slots - worker.jobs.size),
      models: worker.models,
      ...(worker.account !== undefined && { account: worker.account }),
    }))
  }

  views(): Infer<typeof ProviderView>[] {
    return [...this.workers.values()].map((worker) => ({
      worker: worker.worker,
      address: worker.address,
      state: stateOf(worker),
      slots: worker.slots,
      running: worker.jobs.size,
      models: worker.views,
      account: worker.account,
      lastSeenMs: worker.seenAtWallMs,
    }))
  }
}

function stateOf(worker: Worker): 'online' | 'offline' | 'draining' {
  if (!worker.online) return 'offline'
  return worker.draining ? 'draining' : 'online'
}
