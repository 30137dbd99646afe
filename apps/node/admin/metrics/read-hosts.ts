// Reads the counters of every thread, and marks a reader on each.

import { setTimeout as pause } from 'node:timers/promises'
import { METRICS_READER_MS } from '../../../../config/limits.ts'
import { markReader } from '../../../../runtime/metrics/host-counters.ts'
import { readCounters } from '../../../../runtime/metrics/read-counters.ts'
import type { AdminOptions } from '../admin-options.ts'
import type { HostReading } from './host-metrics.ts'

/** So long after it is read a link has told its figures: a heartbeat (HEARTBEAT_MS) and a little. */
export const METRICS_FRESH_MS = 1000

/** Somebody looks: what needs a clock is measured for a while. */
export function markReaders(options: AdminOptions): void {
  for (const { counters } of options.threads()) if (counters) markReader(counters)
}

/**
 * Links tell their figures only while somebody reads: whoever is the first for METRICS_READER_MS
 * waits until they have.
 */
export function freshFigures(options: AdminOptions): () => Promise<void> {
  let readUntilMs = Number.NEGATIVE_INFINITY
  let fresh: Promise<void> = Promise.resolve()
  return () => {
    markReaders(options)
    const nowMs = performance.now()
    if (nowMs >= readUntilMs) fresh = pause(METRICS_FRESH_MS)
    readUntilMs = nowMs + METRICS_READER_MS
    return fresh
  }
}

export function readHosts(options: AdminOptions): HostReading[] {
  return options.threads().flatMap(({ host, node, counters }) => {
    if (!counters) return []
    markReader(counters)
    return [{ host, node, figures: readCounters(counters) }]
  })
}
