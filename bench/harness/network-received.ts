// What nodes receive from each other, as their own metrics count it: frames of links between
// processes, before the transport encrypts them.

import { setTimeout as pause } from 'node:timers/promises'
import { METRICS_FRESH_MS } from '../../apps/node/admin/metrics/read-hosts.ts'
import { scrape } from '../../test/kit/scrape.ts'

const COUNTER = 'p2p_message_receive_bytes_total'

/** Of all processes with these admin servers, since each of them started. */
export async function receivedBytes(admins: readonly string[]): Promise<number> {
  const scraped = await Promise.all(admins.map(scrape))
  return scraped
    .flatMap((families) => [...families.values()])
    .flatMap(({ samples }) => samples)
    .reduce((sum, { name, value }) => (name === COUNTER ? sum + value : sum), 0)
}

/** Links tell what they have received only while somebody reads: for METRICS_READER_MS. */
const READ_MS = 4000

/**
 * Bytes received from now until the answer is asked for; undefined where that is not told, or a
 * process that ended took its count along.
 */
export async function watchReceived(
  total: (() => Promise<number>) | undefined,
): Promise<() => Promise<number | undefined>> {
  if (!total) return async () => undefined
  const told = () => total().catch(() => undefined)
  const before = await told()
  const reading = setInterval(() => void told(), READ_MS).unref()
  return async () => {
    clearInterval(reading)
    await pause(METRICS_FRESH_MS)
    const after = await told()
    if (before === undefined || after === undefined || after < before) return undefined
    return after - before
  }
}
