// What finality is to be, and whether the measured rows are that.

import type { Mode } from '../../harness/chain-mode.ts'
import type { Load } from './options.ts'

interface Goal {
  readonly mode: Mode
  readonly validators: number
  readonly delayMs: number
  readonly share: 'p50' | 'p99'
  readonly belowMs: number
}

export const GOALS: readonly Goal[] = [
  { mode: 'FAST', validators: 4, delayMs: 0, share: 'p99', belowMs: 200 },
  { mode: 'BALANCED', validators: 4, delayMs: 0, share: 'p99', belowMs: 1000 },
  { mode: 'SECURE', validators: 4, delayMs: 0, share: 'p99', belowMs: 5000 },
  { mode: 'FAST', validators: 4, delayMs: 25, share: 'p50', belowMs: 200 },
  { mode: 'FAST', validators: 7, delayMs: 25, share: 'p50', belowMs: 200 },
]

export interface Judged {
  readonly goal: string
  readonly load: Load
  readonly got_ms: number
  readonly pass: boolean
}

export interface JudgedRow {
  readonly mode: Mode
  readonly validators: number
  readonly delay_ms: number
  readonly load: Load
  readonly failed: number
  readonly finality_ms: { readonly p50: number; readonly p99: number }
}

/** One verdict for each row that a goal speaks of. A row that lost transfers passes none. */
export function judge(rows: readonly JudgedRow[]): Judged[] {
  return GOALS.flatMap(({ mode, validators, delayMs, share, belowMs }) =>
    rows
      .filter((row) => row.mode === mode && row.validators === validators)
      .filter((row) => row.delay_ms === delayMs)
      .map(({ load, failed, finality_ms }) => ({
        goal: `${mode}, ${validators} validators, ${delayMs} ms: ${share} < ${belowMs} ms`,
        load,
        got_ms: finality_ms[share],
        pass: failed === 0 && finality_ms[share] < belowMs,
      })),
  )
}
