// The job list as a view: it catches up, goes on where it was, survives a database that fails and a
// scheduler that is away, and is built again when the scheduler begins anew.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ApiError } from '../../../apps/coordinator/errors.ts'
import { ReadModel, type ReadSource } from '../../../apps/coordinator/read-model.ts'
import type { Hex } from '../../../lib/hex.ts'
import { openPglite } from '../../../storage/sql/pglite-sql.ts'
import type { Sql } from '../../../storage/sql/sql.ts'
import type { Job } from './scripted-desk.ts'

const ME: Hex = `0x${'0e'.repeat(20)}`
const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`

function jobOf(n: number, facts: Partial<Job>): Job {
  return {
    jobId: hash(n),
    consumer: ME,
    state: 'pending',
    type: 'inference',
    modelId: 'm',
    modelRoot: hash(0),
    requestHash: hash(n),
    priceWei: 1n,
    paidWei: 0n,
    refundedWei: 0n,
    provider: undefined,
    worker: undefined,
    attempts: 0,
    createdAtMs: 1000 + n,
    updatedAtMs: 1000 + n,
    deadlineMs: 9000,
    escrowTx: undefined,
    escrowHeight: undefined,
    rollup: undefined,
    settleTx: undefined,
    settleHeight: undefined,
    output: undefined,
    receipt: undefined,
    receiptHash: undefined,
    errorCode: undefined,
    errorMessage: undefined,
    waiting: undefined,
    traceId: undefined,
    ...facts,
  }
}

const unavailable = () => new ApiError('SERVICE_UNAVAILABLE', 'away')

/** A scheduler's book that a test writes, and how often it was asked from where. */
class Book implements ReadSource {
  readonly asked: number[] = []
  readonly warnings: string[] = []
  opened = 0
  away = false
  jobs: Job[] = []
  /** How many of the next queries and batches fail. */
  broken = 0
  brokenBatches = 0
  private readonly database: Sql

  constructor(database: Sql) {
    this.database = database
  }

  add(n: number, facts: Partial<Job> = {}): void {
    this.jobs.push(jobOf(n, facts))
  }

  async open(): Promise<Sql> {
    this.opened++
    const gone = () => Promise.reject(new Error('the disk is gone'))
    return {
      query: (text, parameters) =>
        this.broken-- > 0 ? gone() : this.database.query(text, parameters),
      batch: (statements) => (this.brokenBatches-- > 0 ? gone() : this.database.batch(statements)),
      close: async () => {},
    }
  }

  async changes(seq: number) {
    this.asked.push(seq)
    if (this.away) throw unavailable()
    await new Promise((resolve) => setTimeout(resolve, 5))
    return this.jobs.slice(seq, seq + 3).map((job, i) => ({ seq: seq + i + 1, job }))
  }

  async reaches(seq: number) {
    if (this.away) throw unavailable()
    return this.jobs.length >= seq
  }

  warn(message: string): void {
    this.warnings.push(message)
  }
}

const folder = mkdtempSync(join(tmpdir(), 'aitbc-read-model-'))
let database: Sql
let book: Book
let model: ReadModel

test.before(async () => {
  database = await openPglite(join(folder, 'db'), assert.unreachable)
})
test.before.each(async () => {
  await database.query('drop table if exists jobs, read_position, aitbc_schema')
  book = new Book(database)
  model = new ReadModel()
})
test.after.each(() => model.stop())
test.after(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

async function ids(): Promise<Hex[]> {
  const { jobs } = await model.list(ME, undefined, 100, undefined)
  return jobs.map((job) => (job as { job_id: Hex }).job_id)
}

async function until(check: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (await check()) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.unreachable('it does not come about')
}

const has = (count: number) => async () => (await ids().catch(() => [])).length === count

test('it catches up in steps, shows the newest state, and keeps to one account', async () => {
  for (let n = 1; n <= 7; n++) book.add(n)
  book.add(8, { consumer: `0x${'ff'.repeat(20)}` })
  model.start(book)
  await until(has(7))
  assert.equal(await ids(), [7, 6, 5, 4, 3, 2, 1].map(hash))
  book.add(3, { state: 'completed', receipt: JSON.stringify({ receipt_id: hash(99) }) })
  await until(async () => (await model.jobOfReceipt(hash(99))) === hash(3))
  const { jobs } = await model.list(ME, 'completed', 10, undefined)
  assert.equal(
    jobs.map((job) => (job as { job_id: Hex; output?: unknown }).job_id),
    [hash(3)],
  )
  assert.not.ok('output' in (jobs[0] as object), 'lists carry no outputs')
})

test('a job is listed as soon as its caller knows it, and the scheduler’s word wins', async () => {
  for (let n = 1; n <= 9; n++) book.add(n)
  model.start(book)
  await until(has(9))
  model.note(jobOf(50, {}))
  assert.is((await ids())[0], hash(50))
  model.note(jobOf(1, { state: 'failed' }))
  assert.is((await model.list(ME, 'failed', 10, undefined)).jobs.length, 0)
  book.add(50, { state: 'running' })
  await until(async () => (await model.list(ME, 'running', 10, undefined)).jobs.length === 1)
})

/** Fills the list from a book, and stops. */
async function fill(count: number): Promise<void> {
  for (let n = 1; n <= count; n++) book.add(n)
  model.start(book)
  await until(has(count))
  await model.stop()
  model = new ReadModel()
}

test('it goes on where it was, and nothing is lost while the scheduler is away', async () => {
  await fill(10)
  const before = book.asked.length
  book.away = true
  model.start(book)
  await until(has(10))
  book.add(11)
  book.away = false
  await until(has(11))
  const later = book.asked.slice(before)
  assert.ok(
    later.every((seq) => seq >= 10),
    `asked ${later}`,
  )
  assert.equal(book.warnings, [])
})

test('a database that fails is opened again and nothing is missing', async () => {
  for (let n = 1; n <= 11; n++) book.add(n)
  book.broken = 1
  model.start(book)
  const answer = await ids().catch((error) => error)
  assert.instance(answer, ApiError)
  assert.is(answer.code, 'SERVICE_UNAVAILABLE')
  await until(has(11))
  assert.is(book.opened, 2)
  assert.match(book.warnings[0] as string, /the disk is gone/)
  book.brokenBatches = 1
  book.add(12)
  await until(has(12))
  assert.is(book.opened, 3)
})

test('when the scheduler begins anew, so does the list', async () => {
  await fill(5)
  book = new Book(database)
  book.add(70)
  book.add(71)
  model.start(book)
  await until(has(2))
  assert.equal(await ids(), [hash(71), hash(70)])
  assert.match(book.warnings[0] as string, /begins anew/)
})

test('a stop does not return before a database that is still opening has ended', async () => {
  const steps: string[] = []
  book.open = (signal?: AbortSignal) =>
    new Promise((_, reject) => {
      const ended = () => {
        steps.push('ended')
        reject(new Error('ended'))
      }
      signal?.addEventListener('abort', () => setTimeout(ended, 50))
    })
  model.start(book)
  await model.stop()
  steps.push('stopped')
  assert.equal(steps, ['ended', 'stopped'])
  assert.equal(book.warnings, [], 'a stop is no fault')
})

test.run()
