// Steps and rounds as a table for spreadsheets: RFC 4180, a header, one line for each point.

import type { BenchResult, PointRow } from './bench-result.ts'

const COLUMNS = [
  'target',
  'name',
  'offered_tps',
  'committed_tps',
  'offered',
  'committed',
  'failed',
  'expired',
  'p50_ms',
  'p90_ms',
  'p99_ms',
  'max_ms',
  'lag_p99_ms',
  'load_average',
  'rss_max_mb',
  'gap_ms',
  'carried',
  'invalid',
] as const satisfies readonly (keyof PointRow)[]

function cell(value: string | number | boolean | null): string {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function reportCsv({ steps, rounds }: Pick<BenchResult, 'steps' | 'rounds'>): string {
  const lines = [...steps, ...rounds].map((point) => COLUMNS.map((name) => cell(point[name])))
  return [COLUMNS, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('')
}
