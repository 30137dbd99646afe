// One of four validators is killed under load: how long from the execution of its new process until
// a block has its vote again, as everybody else sees it in the certificates.

import { setTimeout as pause } from 'node:timers/promises'
import { hexToBytes } from '../../../lib/hex.ts'
import { headerTimeMs } from '../../../protocol/block/extra-data.ts'
import { decodeHeader } from '../../../protocol/block/header-codec.ts'
import { percentile, sendTimes } from './open-loop.ts'
import type { BenchOptions } from './options.ts'
import { executedAtMs } from './processor-time.ts'
import { type LoadResult, runLoad } from './run-load.ts'
import { ValidatorCluster } from './validator-cluster.ts'

const VALIDATORS = 4
const KILLS = 5
const QUICK_KILLS = 1
const PER_SECOND = 20
/** Votes a while, so that it is in step when it is killed, and its supervisor counts no failures. */
const STEADY_MS = 5000
const BACK_WITHIN_MS = 45_000
const POLL_MS = 10

interface Restart {
  /** From the kill to the execution of the new process: the supervisor's waiting. */
  readonly downMs: number
  /** From the execution to the first block, begun since, whose certificate has its vote. */
  readonly votingMs: number
}

export interface RestartResult {
  readonly restarts: readonly Restart[]
  readonly voting_ms: { readonly p50: number; readonly max: number }
  readonly load: Pick<LoadResult, 'offered' | 'committed' | 'failed'>
}

interface Finality {
  readonly finalAtMs: number
  readonly signers: readonly number[]
  readonly headers: readonly `0x${string}`[]
}

async function until<Found>(look: () => Promise<Found | undefined>, what: string): Promise<Found> {
  const end = performance.now() + BACK_WITHIN_MS
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`${what}: not within ${BACK_WITHIN_MS / 1000} s`)
    await pause(POLL_MS)
  }
}

async function killOnce(cluster: ValidatorCluster, node: string, index: number): Promise<Restart> {
  const { watch } = cluster
  const pid = () => cluster.nodes().find(({ name }) => name === node)?.pid ?? 0
  const old = pid()
  process.kill(old, 'SIGKILL')
  const killedAt = Date.now()
  const executedAt = await until(async () => {
    const now = pid()
    return now === 0 || now === old ? undefined : executedAtMs(now)
  }, `${node} is started again`)
  let next = watch.height
  const votedAt = await until(async () => {
    for (; next <= watch.height; next++) {
      const block = `0x${next.toString(16)}`
      const finality = (await watch.socket.call('aitbc_getFinality', block)) as Finality
      const header = decodeHeader(hexToBytes(finality.headers[0] as `0x${string}`))
      const isSince = headerTimeMs(header) > executedAt
      if (isSince && finality.signers.includes(index)) return finality.finalAtMs
    }
    return undefined
  }, `${node} votes again`)
  return { downMs: executedAt - killedAt, votingMs: votedAt - executedAt }
}

export async function restartPart({ quick }: BenchOptions): Promise<RestartResult> {
  const kills = quick ? QUICK_KILLS : KILLS
  process.stderr.write(`starting ${VALIDATORS} validators\n`)
  const cluster = await ValidatorCluster.start('FAST', VALIDATORS)
  try {
    const { watch, supply } = cluster
    const times = sendTimes('restart', PER_SECOND, kills * (STEADY_MS + BACK_WITHIN_MS))
    const transfers = await supply.take(times.length)
    const stop = new AbortController()
    const load = runLoad({ watch, transfers, times, settleMs: 10_000, until: stop.signal })
    const restarts: Restart[] = []
    try {
      for (let i = 0; i < kills; i++) {
        await pause(STEADY_MS)
        const index = VALIDATORS - 1
        const restart = await killOnce(cluster, `node${index}`, index)
        restarts.push(restart)
        const { downMs, votingMs } = restart
        const says = `votes ${Math.round(votingMs)} ms after its start`
        process.stderr.write(`kill ${i + 1}: down ${Math.round(downMs)} ms, ${says}\n`)
      }
    } finally {
      stop.abort()
    }
    const { offered, committed, failed } = await load
    const voting = restarts.map(({ votingMs }) => Math.round(votingMs))
    const voting_ms = { p50: percentile(voting, 0.5), max: percentile(voting, 1) }
    return { restarts, voting_ms, load: { offered, committed, failed } }
  } finally {
    cluster.stop()
  }
}

export function restartText({ restarts, voting_ms, load }: RestartResult): string {
  return [
    `one of ${VALIDATORS} validators killed (-9) ${restarts.length} times, FAST, ${PER_SECOND} transfers a second`,
    `from the start of the new process to its vote in a block: p50 ${voting_ms.p50} ms, max ${voting_ms.max} ms`,
    `meanwhile ${load.committed} of ${load.offered} transfers became final`,
  ].join('\n')
}
