// The form of figures that actors keep of themselves: histograms in microseconds whose buckets
// double (lib/log2-histogram.ts), and counts by name.

import { LOG2_BUCKETS } from '../../lib/log2-histogram.ts'
import { f64, list, str, struct, u53 } from '../../lib/schema.ts'

export const HistogramUs = struct({ buckets: list(u53, LOG2_BUCKETS), sum: f64 })

export const CountByName = list(struct({ name: str(64), count: u53 }), 256)

export const HistogramByName = list(struct({ name: str(64), us: HistogramUs }), 32)

export function countsOf(counts: Readonly<Record<string, number>>) {
  return Object.entries(counts).map(([name, count]) => ({ name, count }))
}
