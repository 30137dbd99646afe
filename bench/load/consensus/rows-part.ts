// All rows that were asked for, one cluster for each mode and size.

import { type Capacity, findCapacity } from './find-capacity.ts'
import { type Judged, judge } from './goals.ts'
import { measureRow, type Row } from './measure-row.ts'
import type { BenchOptions } from './options.ts'
import { RowTable } from './row-table.ts'
import { ValidatorCluster } from './validator-cluster.ts'

export interface RowsResult {
  readonly rows: readonly Row[]
  readonly goals: readonly Judged[]
  readonly capacities: readonly ({ mode: string; validators: number } & Capacity)[]
}

export async function rowsPart(options: BenchOptions): Promise<RowsResult> {
  const { modes, validators: sizes, delaysMs, loads, samples } = options
  const table = new RowTable(process.stderr)
  const rows: Row[] = []
  const capacities: RowsResult['capacities'][number][] = []
  for (const validators of sizes) {
    for (const mode of modes) {
      table.note(`starting ${validators} validators in ${mode}`)
      const cluster = await ValidatorCluster.start(mode, validators)
      try {
        let halfPerSecond = 0
        if (loads.includes('half')) {
          const capacity = await findCapacity(cluster)
          capacities.push({ mode, validators, ...capacity })
          halfPerSecond = capacity.perSecond / 2
          const { perSecond } = capacity
          table.note(`sustains ${Math.round(perSecond)} transfers a second here; half is the load`)
        }
        for (const delayMs of delaysMs) {
          for (const load of loads) {
            const at = { mode, validators, delay_ms: delayMs, load }
            const progress = (known: number, of: number) => table.progress(at, known, of)
            const asked = { cluster, delayMs, load, halfPerSecond, samples, progress }
            const row = await measureRow(asked)
            rows.push(row)
            table.row(row)
          }
        }
      } finally {
        cluster.stop()
      }
    }
  }
  return { rows, goals: judge(rows), capacities }
}
