// All rows that were asked for, one cluster for each mode and size.

import type { Mode } from '../../harness/chain-mode.ts'
import { type Capacity, findCapacity } from './find-capacity.ts'
import { type Judged, judge } from './goals.ts'
import { measureRow, type Row } from './measure-row.ts'
import type { BenchOptions } from './options.ts'
import { RowTable } from './row-table.ts'
import { ValidatorCluster } from './validator-cluster.ts'

export interface RowsResult {
  readonly rows: readonly Row[]
  readonly goals: readonly Judged[]
  /** Clusters without rows, and why. */
  readonly errors: readonly string[]
  readonly capacities: readonly ({ mode: string; validators: number } & Capacity)[]
}

type At = { readonly mode: Mode; readonly validators: number }

async function clusterRows(
  { mode, validators }: At,
  { delaysMs, loads, samples }: BenchOptions,
  table: RowTable,
  into: { readonly rows: Row[]; readonly capacities: RowsResult['capacities'][number][] },
): Promise<void> {
  table.note(`starting ${validators} validators in ${mode}`)
  const cluster = await ValidatorCluster.start(mode, validators)
  try {
    let halfPerSecond = 0
    if (loads.includes('half')) {
      const capacity = await findCapacity(cluster)
      into.capacities.push({ mode, validators, ...capacity })
      const { perSecond } = capacity
      halfPerSecond = perSecond / 2
      table.note(`sustains ${Math.round(perSecond)} transfers a second here; half is the load`)
    }
    for (const delayMs of delaysMs) {
      for (const load of loads) {
        const at = { mode, validators, delay_ms: delayMs, load }
        const progress = (known: number, of: number) => table.progress(at, known, of)
        const asked = { cluster, delayMs, load, halfPerSecond, samples, progress }
        const row = await measureRow(asked)
        into.rows.push(row)
        table.row(row)
      }
    }
  } finally {
    cluster.stop()
  }
}

/** A cluster that fails takes its own rows with it, and no others. */
export async function rowsPart(options: BenchOptions): Promise<RowsResult> {
  const table = new RowTable(process.stderr)
  const into = { rows: [] as Row[], capacities: [] as RowsResult['capacities'][number][] }
  const errors: string[] = []
  for (const validators of options.validators) {
    for (const mode of options.modes) {
      try {
        await clusterRows({ mode, validators }, options, table, into)
      } catch (error) {
        const why = `${validators} validators in ${mode}: ${(error as Error).message}`
        errors.push(why)
        table.note(`FAILED  ${why}`)
      }
    }
  }
  return { ...into, goals: judge(into.rows), errors }
}
