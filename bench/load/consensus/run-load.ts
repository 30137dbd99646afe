// Sends transfers at their times and learns which of them became final, and when.

import { setTimeout as pause } from 'node:timers/promises'
import type { BlockWatch } from './block-watch.ts'
import type { Signed } from './transfer-supply.ts'

export interface LoadResult {
  readonly offered: number
  readonly committed: number
  /** Refused, or not final in time. */
  readonly failed: number
  /** Of the committed ones: from when each was to be sent until the client knew that it is final. */
  readonly finalityMs: readonly number[]
  /** How late the client itself sent: part of the times above, and no fault of the cluster. */
  readonly sendLateMs: readonly number[]
  /** First words of refusals. */
  readonly refusals: Readonly<Record<string, number>>
}

export interface LoadOptions {
  readonly watch: BlockWatch
  readonly transfers: readonly Signed[]
  /** Milliseconds from the start, ascending, one for each transfer. */
  readonly times: readonly number[]
  /** After the last one was sent. */
  readonly settleMs: number
  readonly progress?: (known: number) => void
  /** Nothing more is sent once it is aborted; only what was sent counts. */
  readonly until?: AbortSignal
}

const POLL_MS = 20

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { watch, transfers, times, settleMs, progress, until } = options
  const finalityMs: number[] = []
  const sendLateMs: number[] = []
  const refusals = new Map<string, number>()
  let refused = 0
  const startedAt = performance.now()
  const send = ({ raw, hash }: Signed, due: number) => {
    sendLateMs.push(performance.now() - due)
    watch.await(hash, () => {
      finalityMs.push(performance.now() - due)
      progress?.(finalityMs.length)
    })
    watch.socket.call('eth_sendRawTransaction', raw).catch((error: Error) => {
      const words = error.message.slice(0, 60)
      refusals.set(words, (refusals.get(words) ?? 0) + 1)
      refused++
      watch.forget(hash)
    })
  }
  for (const [i, at] of times.entries()) {
    const due = startedAt + at
    const wait = due - performance.now()
    if (wait > 0) await pause(wait)
    if (until?.aborted) break
    send(transfers[i] as Signed, due)
  }
  const end = performance.now() + settleMs
  while (finalityMs.length + refused < sendLateMs.length && performance.now() < end)
    await pause(POLL_MS)
  for (const { hash } of transfers) watch.forget(hash)
  const committed = finalityMs.length
  return {
    offered: sendLateMs.length,
    committed,
    failed: sendLateMs.length - committed,
    finalityMs: [...finalityMs],
    sendLateMs,
    refusals: Object.fromEntries(refusals),
  }
}
