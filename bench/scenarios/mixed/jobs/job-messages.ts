// What the bench and the process that pays for jobs say to each other.

import type { HistogramState } from '../../../harness/hdr-histogram.ts'
import type { JobCounts, JobTimes } from '../../../harness/job-figures.ts'

export interface JobSetup {
  /** Of gateways, without a path. */
  readonly ws: string
  readonly rpc: string
  /** Of the rollup: the locks have the indices behind them. */
  readonly accounts: number
  /** The nth belongs to the nth account. */
  readonly locks: number
  /** Percent of the jobs whose money is left in the lock until it can be given back. */
  readonly left: number
}

export interface JobTerms {
  readonly name: string
  readonly perSecond: number
  readonly seconds: number
  /** From the end of the schedule; what is not over by then has expired. */
  readonly expireMs: number
}

export interface JobLoad extends JobCounts {
  readonly times: JobTimes<HistogramState>
}

/** Operations that were heard to be final in a batch. */
export interface HeardOperations {
  readonly number: number
  readonly locks: number
  readonly settles: number
  readonly refunds: number
}

export interface JobRecord {
  readonly batches: readonly HeardOperations[]
  /** Units, of all that was heard to be final. */
  readonly locked: bigint
  readonly paid: bigint
  readonly returned: bigint
  /** Operations of which nothing more was heard, and that may have been executed. */
  readonly doubtful: number
}

export type ToJobs =
  | { readonly do: 'setup'; readonly setup: JobSetup }
  | { readonly do: 'run'; readonly terms: JobTerms }
  | { readonly do: 'drain'; readonly withinMs: number }
  | { readonly do: 'record' }

export type FromJobs =
  | { readonly done: 'setup' }
  | { readonly done: 'run'; readonly load: JobLoad }
  | { readonly done: 'drain'; readonly empty: boolean }
  | { readonly done: 'record'; readonly record: JobRecord }
