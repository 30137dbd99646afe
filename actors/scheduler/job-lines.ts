// The scheduler's jobs as an operator's list: what is stuck comes first.

import type { Infer } from '../../lib/schema.ts'
import type { JobLine } from '../messages/scheduler.ts'
import type { JobBook } from './job-book.ts'
import type { JobRecord } from './job-record.ts'

const LINES_MAX = 512

function reasonOf(job: JobRecord): string {
  if (job.errorCode !== undefined) return `${job.errorCode}: ${job.errorMessage ?? ''}`
  if (job.phase === 'queued') return job.waiting ?? 'waits to be matched'
  return job.phase === 'ended' ? '' : job.phase
}

const sinceOf = (job: JobRecord) => job.stateAtMs ?? job.updatedAtMs

export function jobLines(book: JobBook, max: number): Infer<typeof JobLine>[] {
  const open = book.open().sort((a, b) => sinceOf(a) - sinceOf(b))
  return [...open, ...book.ended()].slice(0, Math.min(max, LINES_MAX)).map((job) => ({
    jobId: job.jobId,
    state: job.state,
    phase: job.phase,
    modelId: job.modelId,
    worker: job.worker,
    createdAtMs: job.createdAtMs,
    sinceMs: sinceOf(job),
    reason: reasonOf(job).slice(0, 600),
    traceId: job.trace?.split('-')[1],
  }))
}
