// A job's trace: the cause that its record keeps, so that whatever moves the job on (a block, a
// timer, a worker's message) belongs to the trace in which it was submitted, and the long steps of
// its life as spans of that trace. Spans that are open at a restart are lost; the trace is not.

import type { Hex } from '../../lib/hex.ts'
import { parseTraceparent, traceparentText } from '../../runtime/trace/traceparent.ts'
import type { Desk } from './desk.ts'
import type { JobRecord } from './job-record.ts'

export type JobSpan = 'escrow final' | 'match' | 'assign final' | 'settle final' | 'refund final'

/** The record's `trace` for a job that is submitted now; undefined when nobody traces it. */
export function traceOf(desk: Desk): { readonly trace?: string } {
  const { cause } = desk.ctx
  return cause === undefined ? {} : { trace: traceparentText(cause) }
}

/** Runs `run` as a part of the job's trace. */
export function asJob(desk: Desk, job: JobRecord, run: () => void): void {
  if (job.trace === undefined) run()
  else desk.ctx.causedBy(parseTraceparent(job.trace), run)
}

/** Begins a step; the same step that is still open ends here. */
export function beginSpan(desk: Desk, job: JobRecord, name: JobSpan): void {
  if (job.trace === undefined) return
  endSpan(desk, job.jobId, name)
  asJob(desk, job, () => {
    desk.spans.set(`${job.jobId} ${name}`, desk.ctx.span(name))
  })
}

export function endSpan(desk: Desk, jobId: Hex, name: JobSpan): void {
  const key = `${jobId} ${name}`
  desk.spans.get(key)?.()
  desk.spans.delete(key)
}

/** The job has ended: no step of it is open any longer. */
export function endSpans(desk: Desk, jobId: Hex): void {
  const names = ['escrow final', 'match', 'assign final', 'settle final', 'refund final'] as const
  for (const name of names) endSpan(desk, jobId, name)
}
