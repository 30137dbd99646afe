// The jobs in SQL, for listing: follows the scheduler's changes and can be built again at any time.
// Until the database is open, lists are refused with a reason; single jobs come from the scheduler.

import type { Hex } from '../../lib/hex.ts'
import { migrate } from '../../storage/sql/migrate.ts'
import type { Sql } from '../../storage/sql/sql.ts'
import { ApiError } from './errors.ts'
import { type Job, jobJson, receiptIdOf } from './job-view.ts'

export interface Change {
  readonly seq: number
  readonly job: Job
}

export interface JobPage {
  readonly jobs: readonly unknown[]
  readonly nextCursor: string | null
}

const POSITION = 'jobs'

export class ReadModel {
  private sql: Sql | undefined
  private why = 'the job list is being opened'
  private stopped = false
  private following: Promise<void> | undefined

  /** Opens in the background; `changes` waits for the scheduler's next changes after a number. */
  start(
    open: () => Promise<Sql>,
    changes: (seq: number) => Promise<readonly Change[]>,
    warn: (message: string) => void,
  ): void {
    this.following = (async () => {
      try {
        const sql = await open()
        if (this.stopped) {
          await sql.close()
          return
        }
        await migrate(sql)
        this.sql = sql
        await this.follow(sql, changes)
      } catch (error) {
        this.why = `the job list cannot be opened: ${(error as Error).message}`
        warn(this.why)
      }
    })()
  }

  private async follow(sql: Sql, changes: (seq: number) => Promise<readonly Change[]>) {
    const [row] = await sql.query('select position from read_position where name = $1', [POSITION])
    let seq = Number(row?.position ?? 0)
    while (!this.stopped) {
      const news = await changes(seq).catch(() => undefined)
      if (!news || news.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, news ? 20 : 500))
        continue
      }
      for (const change of news) {
        await this.put(sql, change)
        seq = change.seq
      }
      await sql.query(
        `insert into read_position (name, position) values ($1, $2)
         on conflict (name) do update set position = excluded.position`,
        [POSITION, seq],
      )
    }
  }

  private async put(sql: Sql, { seq, job }: Change): Promise<void> {
    await sql.query(
      `insert into jobs (job_id, consumer, state, created_at_ms, seq, receipt_id, view)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (job_id) do update
       set state = excluded.state, seq = excluded.seq, receipt_id = excluded.receipt_id,
           view = excluded.view`,
      [
        job.jobId,
        job.consumer,
        job.state,
        job.createdAtMs,
        seq,
        receiptIdOf(job),
        JSON.stringify(jobJson(job)),
      ],
    )
  }

  /** One consumer's jobs, newest first. Throws ApiError. */
  async list(
    consumer: string,
    state: string | undefined,
    limit: number,
    cursor: string | undefined,
  ): Promise<JobPage> {
    const { sql } = this
    if (!sql) throw new ApiError('SERVICE_UNAVAILABLE', this.why, [], { 'retry-after': '2' })
    const [beforeMs, beforeId] = readCursor(cursor)
    const rows = await sql.query(
      `select job_id, created_at_ms, view from jobs
       where consumer = $1 and ($2::text is null or state = $2)
         and (created_at_ms, job_id) < ($3::bigint, $4::text)
       order by created_at_ms desc, job_id desc limit $5`,
      [consumer, state ?? null, beforeMs, beforeId, limit + 1],
    )
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    const more = rows.length > limit && last
    return {
      jobs: page.map((row) => JSON.parse(String(row.view))),
      nextCursor: more
        ? Buffer.from(`${last.created_at_ms}.${last.job_id}`).toString('base64url')
        : null,
    }
  }

  /** The job of a receipt, if the list is open and has it. */
  async jobOfReceipt(receiptId: Hex): Promise<Hex | undefined> {
    const rows = await this.sql?.query('select job_id from jobs where receipt_id = $1', [receiptId])
    return rows?.[0]?.job_id as Hex | undefined
  }

  async stop(): Promise<void> {
    this.stopped = true
    const late = new Promise<void>((resolve) => setTimeout(resolve, 1000).unref())
    await Promise.race([this.following, late])
    await this.sql?.close()
  }
}

/** Newest first: without a cursor everything is before the end of time. */
function readCursor(cursor: string | undefined): [number, string] {
  if (cursor === undefined) return [Number.MAX_SAFE_INTEGER, '']
  const match = /^(\d{1,16})\.(0x[0-9a-f]{64})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (!match) throw new ApiError('VALIDATION_ERROR', 'cursor: not one that this API gave out')
  return [Number(match[1]), match[2] as string]
}
