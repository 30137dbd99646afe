// The scheduler's jobs, the stuck ones first. Any process may be asked: it asks the scheduler.

import { SchedulerMessages } from '../../../../actors/messages/scheduler.ts'
import { ADMIN_ASK_MS, ADMIN_ROWS_MAX } from '../../../../config/limits.ts'
import type { JobsView, JobView } from '../../../inspector/snapshot.ts'
import type { AdminOptions } from '../admin-options.ts'
import type { SnapshotQuery } from '../snapshot-query.ts'
import { chooseRows, type ViewTable } from '../view-table.ts'

const TABLE: ViewTable<JobView> = {
  id: (row) => row.id,
  columns: {
    id: (row) => row.id,
    state: (row) => row.state,
    model: (row) => row.model,
    provider: (row) => row.provider,
    ageMs: (row) => row.ageMs,
    inStateMs: (row) => row.inStateMs,
    reason: (row) => row.reason,
  },
}

/** Throws AskFailed when the scheduler does not answer. */
export async function readJobs(
  { host, schedulerKey }: AdminOptions,
  query: SnapshotQuery,
): Promise<JobsView> {
  if (schedulerKey === undefined) return { jobs: [], counts: {} }
  const body = { max: ADMIN_ROWS_MAX }
  const lines = await host.edge.ask(SchedulerMessages, schedulerKey, 'Overview', body, {
    within: ADMIN_ASK_MS,
  })
  const now = Date.now()
  const counts: Record<string, number> = {}
  const jobs = lines.map((line): JobView => {
    counts[line.state] = (counts[line.state] ?? 0) + 1
    return {
      id: line.jobId,
      state: line.state,
      model: line.modelId,
      provider: line.worker,
      ageMs: Math.max(0, now - line.createdAtMs),
      inStateMs: Math.max(0, now - line.sinceMs),
      reason: line.reason,
      trace: line.traceId,
    }
  })
  return { jobs: chooseRows(jobs, TABLE, query), counts }
}
