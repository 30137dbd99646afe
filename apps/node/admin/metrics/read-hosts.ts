// Reads the counters of every thread, and marks a reader on each.

import { markReader } from '../../../../runtime/metrics/host-counters.ts'
import { readCounters } from '../../../../runtime/metrics/read-counters.ts'
import type { AdminOptions } from '../admin-options.ts'
import type { HostReading } from './host-metrics.ts'

/** Somebody looks: what needs a clock is measured for a while. */
export function markReaders(options: AdminOptions): void {
  for (const { counters } of options.threads()) if (counters) markReader(counters)
}

export function readHosts(options: AdminOptions): HostReading[] {
  return options.threads().flatMap(({ host, node, counters }) => {
    if (!counters) return []
    markReader(counters)
    return [{ host, node, figures: readCounters(counters) }]
  })
}
