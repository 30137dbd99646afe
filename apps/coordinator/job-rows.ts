// Jobs as rows: what the scheduler's changes become in SQL, all of a poll at once.

import type { Sql } from '../../storage/sql/sql.ts'
import { type Job, jobSummary, receiptIdOf } from './job-view.ts'

export interface Change {
  readonly seq: number
  readonly job: Job
}

const POSITION = 'jobs'

const INSERT = `
  insert into jobs (job_id, consumer, state, created_at_ms, seq, receipt_id, view)
  select * from jsonb_to_recordset($1::text::jsonb) as news (job_id text, consumer text,
    state text, created_at_ms bigint, seq bigint, receipt_id text, view text)
  on conflict (job_id) do update
  set state = excluded.state, seq = excluded.seq, receipt_id = excluded.receipt_id,
      view = excluded.view
  where jobs.seq < excluded.seq`

/** Each job at most once. */
function rowsOf(changes: readonly Change[]): string {
  const newest = new Map(changes.map((change) => [change.job.jobId, change]))
  const rows = [...newest.values()].map(({ seq, job }) => ({
    job_id: job.jobId,
    consumer: job.consumer,
    state: job.state,
    created_at_ms: job.createdAtMs,
    seq,
    receipt_id: receiptIdOf(job),
    view: JSON.stringify(jobSummary(job)),
  }))
  return JSON.stringify(rows)
}

/** A job without a change's number: any change that is known of it, or comes, wins. */
export async function putJob(sql: Sql, job: Job): Promise<void> {
  await sql.query(INSERT, [rowsOf([{ seq: 0, job }])])
}

/** The number of the last change that was put. */
export async function positionOf(sql: Sql): Promise<number> {
  const [row] = await sql.query('select position from read_position where name = $1', [POSITION])
  return Number(row?.position ?? 0)
}

export async function clearJobs(sql: Sql): Promise<void> {
  await sql.batch([{ text: 'delete from jobs' }, { text: 'delete from read_position' }])
}

/** Changes and the position after them, or nothing of both. */
export async function putChanges(sql: Sql, changes: readonly Change[]): Promise<void> {
  const last = changes.at(-1)
  if (!last) return
  await sql.batch([
    { text: INSERT, parameters: [rowsOf(changes)] },
    {
      text: `insert into read_position (name, position) values ($1, $2)
             on conflict (name) do update set position = excluded.position`,
      parameters: [POSITION, last.seq],
    },
  ])
}
