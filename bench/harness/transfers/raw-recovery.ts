// Bare recovery of secp256k1 signatures by the native library, on as many threads as there are
// cores, and nothing else: no decoding, no hashing, no chain.

import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { RawCost } from '../target.ts'

const SECONDS = 3
const PROGRAM = new URL('./raw-recovery-thread.mjs', import.meta.url)

export async function rawRecovery(nodes: number): Promise<RawCost> {
  const threads = availableParallelism()
  const counts = await Promise.all(
    Array.from({ length: threads }, () => {
      return new Promise<number>((done, refuse) => {
        const worker = new Worker(PROGRAM, { workerData: { ms: SECONDS * 1000 } })
        worker.once('message', done)
        worker.once('error', refuse)
      })
    }),
  )
  const perSecond = counts.reduce((sum, count) => sum + count, 0)
  return {
    what: `bare native recovery on ${threads} threads, shared by ${nodes} validators`,
    allowedPerSecond: perSecond / nodes,
    figures: { recoveries_per_second: Math.round(perSecond), threads, library: 'secp256k1 (npm)' },
  }
}
