// What nodes receive from each other, as their own metrics count it: frames of links between
// processes, before the transport encrypts them.

import { setTimeout as pause } from 'node:timers/promises'
import { readOpenMetrics } from '../../test/kit/read-open-metrics.ts'

const COUNTER = 'p2p_message_receive_bytes_total'

/** Of all processes with these admin servers, since each of them started. */
export async function receivedBytes(admins: readonly string[]): Promise<number> {
  const texts = await Promise.all(
    admins.map(async (admin) => (await fetch(`${admin}/metrics`)).text()),
  )
  return texts
    .flatMap((text) => [...readOpenMetrics(text).values()])
    .flatMap(({ samples }) => samples)
    .reduce((sum, { name, value }) => (name === COUNTER ? sum + value : sum), 0)
}

/** Links tell what they have received only while somebody reads: for METRICS_READER_MS. */
const READ_MS = 4000
/** After the last frame of a run, until the links that are read have told of it. */
const TOLD_MS = 1000

/**
 * Bytes received from now until the answer is asked for; undefined where that is not told, or a
 * process that ended took its count along.
 */
export async function watchReceived(
  total: (() => Promise<number>) | undefined,
): Promise<() => Promise<number | undefined>> {
  if (!total) return async () => undefined
  const told = () => total().catch(() => undefined)
  await told()
  await pause(TOLD_MS)
  const before = await told()
  const reading = setInterval(() => void told(), READ_MS).unref()
  return async () => {
    clearInterval(reading)
    await pause(TOLD_MS)
    const after = await told()
    if (before === undefined || after === undefined || after < before) return undefined
    return after - before
  }
}
