// The jobs in SQL, for listing: follows the scheduler's changes and can be built again at any time.
// Until the database is open, lists are refused with a reason; single jobs come from the scheduler.

import type { Hex } from '../../lib/hex.ts'
import { migrate } from '../../storage/sql/migrate.ts'
import type { Sql } from '../../storage/sql/sql.ts'
import { ApiError } from './errors.ts'
import { type Change, clearJobs, positionOf, putChanges, putJob } from './job-rows.ts'
import type { Job } from './job-view.ts'

export interface JobPage {
  readonly jobs: readonly unknown[]
  readonly nextCursor: string | null
}

/** Where the jobs come from. */
export interface ReadSource {
  /** When `signal` aborts, the database must end at once: whoever stops us takes its folder back. */
  open(signal: AbortSignal): Promise<Sql>
  /** Waits for the changes after a number; rejects with ApiError when nothing came in time. */
  changes(seq: number): Promise<readonly Change[]>
  /** Whether the scheduler's newest change has this number or a later one. */
  reaches(seq: number): Promise<boolean>
  warn(message: string): void
}

const REOPEN_MS = 2000
/** Who asks while the database is being opened waits this long for it. */
const OPEN_WAIT_MS = 5000
const STEP_MS = 50
/** A poll that ended without news is repeated at once, but never in a tight loop. */
const NO_NEWS_MS = 20
const AWAY_MS = 500
/** How long a stop waits for the database to open or close by itself, then for its end by force. */
const CLOSE_MS = 2000
const FORCE_MS = 2000

export class ReadModel {
  private sql: Sql | undefined
  private why = 'the job list is being opened'
  private tried = false
  private stopped = false
  private endWait: () => void = () => {}
  private readonly ending = new Promise<undefined>((resolve) => {
    this.endWait = () => resolve(undefined)
  })
  private readonly force = new AbortController()
  private running: Promise<void> = Promise.resolve()

  /** Opens in the background, and again when the database fails. */
  start(source: ReadSource): void {
    this.running = this.run(source)
  }

  private async run(source: ReadSource): Promise<void> {
    let told = ''
    while (!this.stopped) {
      let sql: Sql | undefined
      try {
        sql = await source.open(this.force.signal)
        await migrate(sql)
        this.sql = sql
        told = ''
        await this.follow(sql, source)
      } catch (error) {
        this.why = `the job list is out of order: ${(error as Error).message}`
        if (told !== this.why && !this.stopped) source.warn(this.why)
        told = this.why
        this.tried = true
      }
      this.sql = undefined
      await sql?.close().catch(() => {})
      await this.pause(REOPEN_MS)
    }
  }

  /** Returns when stopped; rejects when the database fails. */
  private async follow(sql: Sql, source: ReadSource): Promise<void> {
    let seq = await positionOf(sql)
    let isSameBook = seq === 0
    while (!this.stopped) {
      const news = await this.poll(source, seq, isSameBook)
      if (news === 'unknown') {
        source.warn('the scheduler begins anew: the job list is built again')
        await clearJobs(sql)
        seq = 0
        isSameBook = true
      } else if (news === 'away') {
        isSameBook = seq === 0
        await this.pause(AWAY_MS)
      } else if (news) {
        isSameBook = true
        await putChanges(sql, news)
        seq = news.at(-1)?.seq ?? seq
        if (news.length === 0) await this.pause(NO_NEWS_MS)
      }
    }
  }

  /** The next changes; 'unknown' if the scheduler never had the one we know last. */
  private async poll(source: ReadSource, seq: number, isSameBook: boolean) {
    try {
      if (!isSameBook && !(await source.reaches(seq))) return 'unknown'
      return await Promise.race([source.changes(seq), this.ending])
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return error.code === 'TIMEOUT_ERROR' ? [] : 'away'
    }
  }

  /** Puts a job that a caller was just told of into the list, ahead of the scheduler's news. */
  note(job: Job): void {
    if (this.sql) putJob(this.sql, job).catch(() => {})
  }

  /** One consumer's jobs, newest first. Throws ApiError. */
  async list(
    consumer: string,
    state: string | undefined,
    limit: number,
    cursor: string | undefined,
  ): Promise<JobPage> {
    const [beforeMs, beforeId] = readCursor(cursor)
    const rows = await this.ask(
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

  /** The job of a receipt; the caller checks whose it is. Throws ApiError. */
  async jobOfReceipt(receiptId: Hex): Promise<Hex | undefined> {
    const rows = await this.ask('select job_id from jobs where receipt_id = $1', [receiptId])
    return rows[0]?.job_id as Hex | undefined
  }

  /** Rejects with ApiError when lists cannot be answered. */
  async check(): Promise<void> {
    if (!this.sql) throw this.closed()
    await this.ask('select 1', [])
  }

  private async ask(text: string, parameters: readonly unknown[]) {
    for (let waited = 0; !this.sql && !this.tried && waited < OPEN_WAIT_MS; waited += STEP_MS) {
      await this.pause(STEP_MS)
    }
    if (!this.sql) throw this.closed()
    try {
      return await this.sql.query(text, parameters)
    } catch {
      throw new ApiError('SERVICE_UNAVAILABLE', 'the job list failed', [], { 'retry-after': '2' })
    }
  }

  private closed(): ApiError {
    return new ApiError('SERVICE_UNAVAILABLE', this.why, [], { 'retry-after': '2' })
  }

  private async pause(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const time = new Promise((resolve) => {
      timer = setTimeout(resolve, ms)
    })
    await Promise.race([time, this.ending])
    clearTimeout(timer)
  }

  /** Afterwards nothing writes to the database any more. */
  async stop(): Promise<void> {
    this.stopped = true
    this.endWait()
    if (await isSettled(this.running, CLOSE_MS)) return
    this.force.abort()
    await isSettled(this.running, FORCE_MS)
  }
}

/** Whether it settles within this time. */
async function isSettled(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const settled = await Promise.race([work.then(() => true), late])
  clearTimeout(timer)
  return settled
}

/** Newest first: without a cursor everything is before the end of time. */
function readCursor(cursor: string | undefined): [number, string] {
  if (cursor === undefined) return [Number.MAX_SAFE_INTEGER, '']
  const match = /^(\d{1,15})\.(0x[0-9a-f]{64})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (!match) throw new ApiError('VALIDATION_ERROR', 'cursor: not one that this API gave out')
  return [Number(match[1]), match[2] as string]
}
