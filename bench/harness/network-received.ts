// What nodes receive from each other, as their own metrics count it: frames of links between
// processes, before the transport encrypts them.

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

/**
 * Bytes received from now until the answer is asked for; undefined where that is not told, or a
 * process that ended took its count along.
 */
export async function watchReceived(
  total: (() => Promise<number>) | undefined,
): Promise<() => Promise<number | undefined>> {
  const told = async () => (total ? total().catch(() => undefined) : undefined)
  const before = await told()
  return async () => {
    const after = await told()
    if (before === undefined || after === undefined || after < before) return undefined
    return after - before
  }
}
