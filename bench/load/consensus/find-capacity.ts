// What a cluster sustains: twice the rate at each step until one step's transfers are no longer all
// final soon after it.

import { BLOCK_TIMES_MS } from '../../../protocol/params.ts'
import { MODES } from '../../harness/chain-mode.ts'
import { sendTimes } from './open-loop.ts'
import { runLoad } from './run-load.ts'
import type { ValidatorCluster } from './validator-cluster.ts'

const FIRST_RATE = 25
const RATE_MAX = 3200
const STEP_MS = 3000
const SETTLE_MS = 1000
/** The share of a step that must be final by its end and the settling. */
const ENOUGH = 0.95
/** After a step that was too much, at most this long for the pool to empty. */
const DRAIN_MS = 15_000

export interface Capacity {
  /** Transfers a second. */
  readonly perSecond: number
  readonly steps: readonly { readonly offered: number; readonly committed: number }[]
}

export async function findCapacity(cluster: ValidatorCluster): Promise<Capacity> {
  const { watch, supply, mode } = cluster
  const blockMs = BLOCK_TIMES_MS[MODES.indexOf(mode)] as number
  const forMs = Math.max(STEP_MS, 2 * blockMs)
  const settleMs = SETTLE_MS + 2 * blockMs
  const steps: { offered: number; committed: number }[] = []
  let perSecond = 0
  for (let rate = FIRST_RATE; rate <= RATE_MAX; rate *= 2) {
    const times = sendTimes(`ramp/${rate}`, rate, forMs)
    const transfers = await supply.take(times.length)
    const { offered, committed } = await runLoad({ watch, transfers, times, settleMs })
    steps.push({ offered, committed })
    if (committed >= ENOUGH * offered) perSecond = Math.max(perSecond, rate)
    else {
      // What went through all the same took the whole step and its settling.
      perSecond = Math.max(perSecond, (committed / (forMs + settleMs)) * 1000)
      break
    }
  }
  await drained(cluster)
  return { perSecond, steps }
}

async function drained({ watch }: ValidatorCluster): Promise<void> {
  const end = performance.now() + DRAIN_MS
  while (performance.now() < end) {
    const { pool } = (await watch.socket.call('aitbc_status')) as { pool: Record<string, number> }
    if (Object.values(pool).every((count) => Number(count) === 0)) return
    await new Promise((done) => setTimeout(done, 200))
  }
}
