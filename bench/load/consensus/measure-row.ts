// One row: a load on a cluster, as its client and the kernel see it.

import { setTimeout as pause } from 'node:timers/promises'
import type { Mode } from '../../harness/chain-mode.ts'
import { readCounters, type Steps, stepsBetween } from './consensus-steps.ts'
import { percentile, sendTimes } from './open-loop.ts'
import type { Load } from './options.ts'
import { runLoad } from './run-load.ts'
import type { ValidatorCluster } from './validator-cluster.ts'

const ROW_MS = 40_000
const HALF_LOAD_MS = 20_000
const SETTLE_MS = 10_000
/** One transfer after the other, most of the time. */
const IDLE_PER_SECOND = 2
const RAW_CALLS = 50
/** What was under way before the delay was changed is over. */
const CALM_MS = 1500
/** Proposal, NOTARIZE, FINALIZE. */
const MESSAGE_DELAYS = 3

export interface Row extends Steps {
  readonly mode: Mode
  readonly validators: number
  readonly delay_ms: number
  readonly load: Load
  readonly finality_ms: { readonly p50: number; readonly p99: number; readonly max: number }
  readonly cpu_ms_per_block: number
  readonly blocks: number
  readonly offered_per_second: number
  readonly offered: number
  readonly committed: number
  readonly failed: number
  readonly samples: number
  readonly refusals: Readonly<Record<string, number>>
  /** How late the client sent; counted in finality_ms. */
  readonly client_late_ms: { readonly p50: number; readonly p99: number }
  readonly comparator: {
    /** eth_chainId over the same connection. */
    readonly raw_call_ms: { readonly p50: number; readonly p99: number }
    /** Three messages one after the other, and the raw call. */
    readonly lower_bound_ms: number
    /** finality_ms.p50 over the lower bound; null where that is none. */
    readonly ratio: number | null
  }
}

export interface RowRequest {
  readonly cluster: ValidatorCluster
  readonly delayMs: number
  readonly load: Load
  /** Transfers a second of the load `half`. */
  readonly halfPerSecond: number
  /** Of an idle row. */
  readonly samples: number
  readonly progress: (known: number, of: number) => void
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}

/** Without a delay between validators the bound is one call, which may take no time to speak of. */
export function ratioTo(lowerBoundMs: number, p50Ms: number): number | null {
  return rounded(lowerBoundMs) > 0 ? rounded(p50Ms / lowerBoundMs) : null
}

function spread(values: readonly number[]) {
  return { p50: rounded(percentile(values, 0.5)), p99: rounded(percentile(values, 0.99)) }
}

async function rawCalls({ watch }: ValidatorCluster): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < RAW_CALLS; i++) {
    const startedAt = performance.now()
    await watch.socket.call('eth_chainId')
    times.push(performance.now() - startedAt)
  }
  return times
}

export async function measureRow(request: RowRequest): Promise<Row> {
  const { cluster, delayMs, load, halfPerSecond, samples, progress } = request
  const { watch, supply, mode, validators } = cluster
  await cluster.delay(delayMs)
  await pause(CALM_MS)
  const seed = `${mode}/${validators}/${delayMs}/${load}`
  const perSecond = load === 'idle' ? IDLE_PER_SECOND : halfPerSecond
  const times =
    load === 'idle'
      ? sendTimes(seed, perSecond, ROW_MS, samples)
      : sendTimes(seed, perSecond, HALF_LOAD_MS)
  const transfers = await supply.take(times.length)
  const raw = await rawCalls(cluster)
  const { admin = '' } = cluster.nodes()[0] ?? {}
  const counters = await readCounters(admin)
  const before = { height: watch.height, cpuMs: cluster.processorMs() }
  const known = (count: number) => progress(count, times.length)
  const sent = { watch, transfers, times, settleMs: SETTLE_MS, progress: known }
  const result = await runLoad(sent)
  const blocks = watch.height - before.height
  const cpuMs = cluster.processorMs() - before.cpuMs
  const steps = stepsBetween(counters, await readCounters(admin))
  const finality = spread(result.finalityMs)
  const rawMs = spread(raw)
  const lowerBoundMs = MESSAGE_DELAYS * delayMs + rawMs.p50
  return {
    mode,
    validators,
    delay_ms: delayMs,
    load,
    finality_ms: { ...finality, max: rounded(percentile(result.finalityMs, 1)) },
    cpu_ms_per_block: rounded(cpuMs / validators / blocks),
    blocks,
    offered_per_second: rounded(perSecond),
    offered: result.offered,
    committed: result.committed,
    failed: result.failed,
    samples: result.finalityMs.length,
    refusals: result.refusals,
    ...steps,
    client_late_ms: spread(result.sendLateMs),
    comparator: {
      raw_call_ms: rawMs,
      lower_bound_ms: rounded(lowerBoundMs),
      ratio: ratioTo(lowerBoundMs, finality.p50),
    },
  }
}
