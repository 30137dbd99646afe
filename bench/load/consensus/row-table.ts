// The rows as a table that fills: on a terminal the row under way shows how far it is.

import type { Row } from './measure-row.ts'

export const ROW_HEAD =
  'mode      n  delay  load    tx/s  p50 ms  p99 ms    sent  failed  blocks  null  cpu ms/block  ' +
  'bound ms  ratio'

function start(row: Pick<Row, 'mode' | 'validators' | 'delay_ms' | 'load'>): string {
  const { mode, validators, delay_ms, load } = row
  return `${mode.padEnd(8)}${String(validators).padStart(3)}${String(delay_ms).padStart(7)}  ${load}`
}

export function rowLine(row: Row): string {
  const cells: [number | string, number][] = [
    [row.offered_per_second, 8],
    [row.finality_ms.p50, 8],
    [row.finality_ms.p99, 8],
    [row.offered, 8],
    [row.failed, 8],
    [row.blocks, 8],
    [row.nullified_views, 6],
    [row.cpu_ms_per_block, 14],
    [row.comparator.lower_bound_ms, 10],
    [row.comparator.ratio ?? '-', 7],
  ]
  return start(row) + cells.map(([value, width]) => String(value).padStart(width)).join('')
}

export class RowTable {
  private readonly out: NodeJS.WriteStream
  private headed = false

  constructor(out: NodeJS.WriteStream) {
    this.out = out
  }

  note(text: string): void {
    this.clear()
    this.out.write(`${text}\n`)
  }

  progress(row: Parameters<typeof start>[0], known: number, of: number): void {
    if (!this.out.isTTY) return
    this.clear()
    this.out.write(`${start(row)}  ${known} of ${of} final`)
  }

  row(row: Row): void {
    this.clear()
    if (!this.headed) this.out.write(`${ROW_HEAD}\n`)
    this.headed = true
    this.out.write(`${rowLine(row)}\n`)
  }

  private clear(): void {
    if (this.out.isTTY) this.out.write('\r\x1b[2K')
  }
}
