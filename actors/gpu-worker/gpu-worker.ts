// gpu-worker: a provider. Tests its models, offers those that gave their known answers, runs what
// it is pushed, streams, signs receipts with its own key, and keeps a job until its result is
// acknowledged.

import type { Hex } from '../../lib/hex.ts'
import type { Secp256k1 } from '../../protocol/crypto/signatures.ts'
import type { SpendSign } from '../../protocol/rollup/sign-operation.ts'
import { actor } from '../../runtime/actor.ts'
import { GpuWorkerMessages } from '../messages/gpu-worker.ts'
import { ModelShelf } from './model-shelf.ts'
import { Runs } from './runs.ts'
import { SchedulerLink } from './scheduler-link.ts'

export interface GpuWorkerProps {
  readonly schedulerKey: string
  readonly chainId: number
  readonly address: Hex
  readonly secretKey: Uint8Array
  readonly secp256k1: Secp256k1
  readonly models: readonly string[]
  /** Jobs at a time. */
  readonly slots: number
  /** Absent where he has no keys for the rollup. */
  readonly rollup?: RollupKeys | undefined
}

/** Of a provider's account in the rollup. */
export interface RollupKeys {
  readonly genesisHash: Hex
  readonly spendKey: Hex
  readonly sign: SpendSign
}

export const GpuWorker = actor({
  messages: GpuWorkerMessages,
  restart: 'permanent',
  mailbox: { capacity: 1024, overflow: 'reject' },
  setup(ctx, props: GpuWorkerProps) {
    let draining = false
    const shelf = new ModelShelf(ctx, props.models, () => link.register())
    const runs = new Runs(ctx, props, shelf)
    const link = new SchedulerLink(ctx, props, shelf, runs, () => draining)
    shelf.start()
    link.start()
    return {
      Assign(job, reply) {
        if (runs.has(job.jobId, job.attempt)) reply({ code: '', message: '' })
        else if (draining) reply({ code: 'DRAINING', message: 'this worker takes no new jobs' })
        else reply(runs.take(job))
      },
      Cancel: ({ jobId, attempt }) => runs.cancel(jobId, attempt),
      Release: ({ jobId, lock }, reply) => reply(runs.release(jobId, lock)),
      Drain() {
        draining = true
        link.register()
      },
      Status(_, reply) {
        reply({ address: props.address, running: runs.list(), models: shelf.states() })
      },
      inspect: () => ({ running: runs.list().length, models: shelf.states() }),
    }
  },
})
