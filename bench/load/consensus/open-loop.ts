// When an open loop sends: at times drawn beforehand, whatever has become of what was sent before.
// What is measured from those times leaves nothing out that a slow system made others wait for.

import { prng } from '../../../lib/prng.ts'

/**
 * Milliseconds from the start at which to send, ascending, with exponential gaps: no beat with the
 * rhythm of the blocks. As many as come within `forMs`, at most `max`.
 */
export function sendTimes(
  seed: string,
  perSecond: number,
  forMs: number,
  max = Number.POSITIVE_INFINITY,
): number[] {
  const random = prng(seed)
  const times: number[] = []
  for (let at = 0; times.length < max; times.push(at)) {
    at -= Math.log(1 - random.unit()) * (1000 / perSecond)
    if (at >= forMs) break
  }
  return times
}

/** Nearest rank (the smallest value that at least this share does not exceed); NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const rank = Math.max(1, Math.ceil(share * sorted.length))
  return sorted[rank - 1] ?? Number.NaN
}
