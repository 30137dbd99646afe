// The document of a run of `npm run bench -- consensus`, signed like every report of a scenario.

import type { Machine } from '../../harness/machine.ts'
import { type Signed, signReport } from '../../harness/signed-report.ts'
import type { BenchOptions } from './options.ts'

export interface ConsensusReport {
  readonly scenario: 'consensus'
  readonly options: BenchOptions
  readonly started_at: string
  readonly commit: string
  /** In words. */
  readonly machine: string
  readonly load_before: number
  readonly load_after: number
  /** Where its file lies; not signed. */
  readonly report: string
}

export interface ConsensusRun {
  readonly options: BenchOptions
  /** At the start. */
  readonly about: Machine
  readonly loadAfter: number
  readonly report: string
  /** What each part that ran has found. */
  readonly parts: Readonly<Record<string, unknown>>
}

/** What is no number in a part (nothing was sent, no cluster ran) is null, as JSON has it. */
export function consensusReport(run: ConsensusRun, seed: Uint8Array): ConsensusReport & Signed {
  const { options, about, loadAfter, report, parts } = run
  const { cores, cpu, node, kernel, memory_mb, commit, load_before, started_at } = about
  const document: ConsensusReport = {
    ...parts,
    scenario: 'consensus',
    options,
    started_at,
    commit,
    machine: `${cores} x ${cpu}, node ${node}, Linux ${kernel}, ${memory_mb} MB`,
    load_before,
    load_after: Math.round(loadAfter * 10) / 10,
    report,
  }
  return signReport(JSON.parse(JSON.stringify(document)) as ConsensusReport, seed)
}
