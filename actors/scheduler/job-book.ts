// The scheduler's book: jobs on disk, the table of changes that readers follow, and one commit per
// turn. What is said to others (transactions, replies) is said only after the commit is durable.

import { assert } from '../../lib/assert.ts'
import { bytesToBigint, u64, utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import type { Context } from '../../runtime/context.ts'
import type { Put } from '../../runtime/store.ts'
import { decodeRecord, encodeRecord, type JobRecord } from './job-record.ts'

const ENDED_KEPT = 256

export class JobBook {
  private readonly ctx: Context
  /** Open jobs, and the latest ended ones. */
  private readonly jobs = new Map<Hex, JobRecord>()
  private readonly puts = new Map<string, Put>()
  private waiting: (() => void)[] = []
  private seq: number
  /** Called after every commit that changed a job. */
  changed: () => void = () => {}

  constructor(ctx: Context) {
    this.ctx = ctx
    this.seq = this.lastSeq()
    for (const [key] of ctx.store.range('open', { limit: Number.MAX_SAFE_INTEGER })) {
      const record = ctx.store.get('jobs', key)
      assert(record !== undefined, 'job book: an open job without a record')
      this.jobs.set(bytesToHex(key), decodeRecord(record))
    }
  }

  open(): JobRecord[] {
    return [...this.jobs.values()].filter((job) => job.phase !== 'ended')
  }

  /** The latest ended ones, newest first. */
  ended(): JobRecord[] {
    return [...this.jobs.values()].filter((job) => job.phase === 'ended').reverse()
  }

  get(jobId: Hex): JobRecord | undefined {
    const known = this.jobs.get(jobId)
    if (known !== undefined) return known
    const record = this.ctx.store.get('jobs', hexToBytes(jobId))
    return record && decodeRecord(record)
  }

  /** Notes the record for this turn's commit, as a change that readers will see. */
  save(job: JobRecord): void {
    const key = hexToBytes(job.jobId)
    if (job.changeSeq > 0) this.put('changes', u64(job.changeSeq), undefined)
    job.changeSeq = ++this.seq
    job.updatedAtMs = this.ctx.wallTime()
    this.jobs.delete(job.jobId)
    this.jobs.set(job.jobId, job)
    this.put('changes', u64(job.changeSeq), key)
    this.put('open', key, job.phase === 'ended' ? undefined : new Uint8Array(0))
    this.put('jobs', key, encodeRecord(job))
  }

  put(table: string, key: Uint8Array, value: Uint8Array | undefined): void {
    this.puts.set(`${table} ${bytesToHex(key)}`, { table, key, value })
  }

  /** Runs once everything noted so far is durable. */
  afterCommit(run: () => void): void {
    const { cause } = this.ctx
    // One commit serves the work of several jobs: each goes on under its own cause.
    this.waiting.push(cause ? () => this.ctx.causedBy(cause, run) : run)
  }

  /** Commits this turn's puts. A failed commit fails the actor, which restarts from the disk. */
  flush(): void {
    const puts = [...this.puts.values()]
    const after = this.waiting
    this.puts.clear()
    this.waiting = []
    const done = () => {
      for (const run of after) run()
      if (puts.length > 0) {
        this.forgetEnded()
        this.changed()
      }
      if (this.puts.size > 0 || this.waiting.length > 0) this.flush()
    }
    if (puts.length === 0) {
      if (after.length > 0) done()
      return
    }
    this.ctx.store.commit(puts, (error) => {
      if (error !== undefined) throw error
      done()
    })
  }

  changesAfter(seq: number, max: number): { seq: number; job: JobRecord }[] {
    const rows = this.ctx.store.range('changes', { from: u64(seq + 1), limit: max })
    return rows.map(([key, jobId]) => {
      const job = this.get(bytesToHex(jobId))
      assert(job !== undefined, 'job book: a change of no job')
      return { seq: Number(bytesToBigint(key)), job }
    })
  }

  meta(name: string): number | undefined {
    const value = this.ctx.store.get('meta', utf8(name))
    return value && Number(bytesToBigint(value))
  }

  setMeta(name: string, value: number): void {
    this.put('meta', utf8(name), u64(value))
  }

  private lastSeq(): number {
    const [last] = this.ctx.store.range('changes', { reverse: true, limit: 1 })
    return last === undefined ? 0 : Number(bytesToBigint(last[0]))
  }

  /** Records are saved last-touched last, so the first ended ones are the oldest. */
  private forgetEnded(): void {
    let ended = 0
    for (const job of this.jobs.values()) if (job.phase === 'ended') ended++
    for (const job of this.jobs.values()) {
      if (ended <= ENDED_KEPT) return
      if (job.phase !== 'ended') continue
      this.jobs.delete(job.jobId)
      ended--
    }
  }
}
