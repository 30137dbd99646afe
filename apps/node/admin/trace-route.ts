// GET /inspector/trace?trace=ID or ?job=ID: the spans that this process's threads have kept of a
// trace. Each process is asked for its own; `aitbc trace` puts them together.

import { SchedulerMessages } from '../../../actors/messages/scheduler.ts'
import { ADMIN_ASK_MS, ADMIN_SPANS_MAX } from '../../../config/limits.ts'
import { isHex } from '../../../lib/hex.ts'
import { isTraceId } from '../../../runtime/trace/cause.ts'
import type { TraceDocument } from '../../inspector/snapshot.ts'
import type { AdminOptions } from './admin-options.ts'
import { Problem } from './problem.ts'
import { readFields } from './snapshot-query.ts'

/** Throws Problem NOT_FOUND or BAD_REQUEST, or AskFailed. */
async function traceOfJob({ host, schedulerKey }: AdminOptions, job: string): Promise<string> {
  if (!isHex(job, 32)) throw new Problem('BAD_REQUEST', 'job is 0x and 64 lower-case hex digits')
  if (schedulerKey === undefined) throw new Problem('NOT_FOUND', 'this topology has no scheduler')
  const within = { within: ADMIN_ASK_MS }
  const view = await host.edge.ask(SchedulerMessages, schedulerKey, 'Job', { jobId: job }, within)
  if (!view) throw new Problem('NOT_FOUND', `the scheduler knows no job ${job}`)
  if (view.traceId === undefined) throw new Problem('NOT_FOUND', `job ${job} was not traced`)
  return view.traceId
}

export async function readTrace(options: AdminOptions, query: string): Promise<TraceDocument> {
  const fields = readFields(query, ['trace', 'job'])
  const [trace, job] = [fields.get('trace'), fields.get('job')]
  if ((trace === undefined) === (job === undefined)) {
    throw new Problem('BAD_REQUEST', 'give either trace or job')
  }
  if (trace !== undefined && !isTraceId(trace)) {
    throw new Problem('BAD_REQUEST', 'trace is 32 lower-case hex digits, not all of them 0')
  }
  const id = trace ?? (await traceOfJob(options, job as string))
  const threads = options.threads()
  const answers = await Promise.allSettled(
    threads.map(({ agent }) => agent.spans(id, ADMIN_SPANS_MAX)),
  )
  const spans = answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  const silent = threads.flatMap(({ host }, i) => {
    return answers[i]?.status === 'rejected' ? [host] : []
  })
  spans.sort((a, b) => a.startMs - b.startMs)
  return { trace: id, spans: spans.slice(0, ADMIN_SPANS_MAX), silent }
}
