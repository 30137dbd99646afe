// One conformance of the SQL port, over the embedded database and over a PostgreSQL server.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { migrate } from '../../storage/sql/migrate.ts'
import { openPglite } from '../../storage/sql/pglite-sql.ts'
import { openPostgres } from '../../storage/sql/postgres-sql.ts'
import type { Sql } from '../../storage/sql/sql.ts'

const SERVER = process.env.AITBC_TEST_DB_URL ?? 'postgresql://postgres@127.0.0.1:5432/test'
const CONSUMER = `0x${'aa'.repeat(20)}`
const UPSERT = `insert into jobs (job_id, consumer, state, created_at_ms, seq, receipt_id, view)
  values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (job_id) do update set state = excluded.state, seq = excluded.seq`

async function conformance(sql: Sql): Promise<void> {
  await migrate(sql)
  await migrate(sql)
  const versions = await sql.query('select version from aitbc_schema')
  assert.equal(versions, [{ version: 1 }])

  const put = (id: string, state: string, at: number, seq: number) =>
    sql.query(UPSERT, [
      id,
      CONSUMER,
      state,
      at,
      seq,
      null,
      JSON.stringify({ quote: `'"\\ é ${id}` }),
    ])
  await put('b', 'pending', 1_700_000_000_001, 1)
  await put('a', 'pending', 1_700_000_000_001, 2)
  await put('c', 'pending', 1_700_000_000_000, 3)
  await put('b', 'completed', 1_700_000_000_001, 4)
  const all = await sql.query(
    'select job_id, state, receipt_id, view from jobs order by created_at_ms desc, job_id desc',
  )
  assert.equal(
    all.map((row) => `${row.job_id} ${row.state}`),
    ['b completed', 'a pending', 'c pending'],
  )
  assert.is(all[0]?.receipt_id, null)
  assert.equal(JSON.parse(String(all[0]?.view)), { quote: `'"\\ é b` })
  const after = await sql.query(
    `select job_id from jobs where ($1::text is null or state = $1)
     and (created_at_ms, job_id) < ($2::bigint, $3::text)
     order by created_at_ms desc, job_id desc limit $4`,
    [null, 1_700_000_000_001, 'b', 1],
  )
  assert.equal(after, [{ job_id: 'a' }])
  const everything = await sql.query('select count(*) as n from jobs where created_at_ms < $1', [
    Number.MAX_SAFE_INTEGER,
  ])
  assert.is(Number(everything[0]?.n), 3)

  const one = { text: 'update jobs set seq = $1', parameters: [9] }
  await sql.batch([one, { text: 'update jobs set seq = seq + 1' }])
  assert.equal(await sql.query('select distinct seq::int as seq from jobs'), [{ seq: 10 }])
  const half = [{ text: 'delete from jobs' }, { text: 'select nothing from nowhere' }]
  assert.match((await sql.batch(half).catch((error) => error)).message, /nowhere/)
  const [kept] = await sql.query('select count(*) as n from jobs')
  assert.is(Number(kept?.n), 3, 'a batch that fails changes nothing')

  const hostile = "x'; drop table jobs; --"
  assert.equal(await sql.query('select job_id from jobs where state = $1', [hostile]), [])
  const failed = await sql.query('select nothing from nowhere').catch((error) => error)
  assert.match(failed.message, /nowhere/)
  assert.is((await sql.query('select 1 as one'))[0]?.one, 1, 'a failed query leaves it usable')

  await sql.query('insert into aitbc_schema (version) values (999)')
  const refused = await migrate(sql).catch((error) => error)
  assert.match(refused.message, /schema 999; this program knows 1/)
}

test('the embedded database conforms and keeps its rows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aitbc-sql-'))
  const unsaid = (line: string) => assert.unreachable(line)
  try {
    const first = await openPglite(folder, unsaid)
    await conformance(first)
    await first.close()
    const second = await openPglite(folder, unsaid)
    assert.is(Number((await second.query('select count(*) as n from jobs'))[0]?.n), 3)
    await second.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('a PostgreSQL server conforms', async () => {
  let admin: Sql
  try {
    admin = await openPostgres(SERVER)
  } catch (error) {
    console.log(`skipped: no PostgreSQL server answers (${(error as Error).message})`)
    return
  }
  const schema = `aitbc_test_${process.pid}_${Date.now()}`
  try {
    await admin.query(`create schema ${schema}`)
    const url = new URL(SERVER)
    url.searchParams.set('options', `-c search_path=${schema}`)
    const sql = await openPostgres(url.href)
    try {
      await conformance(sql)
    } finally {
      await sql.close()
    }
  } finally {
    await admin.query(`drop schema if exists ${schema} cascade`)
    await admin.close()
  }
})

test('an unreadable database is moved aside and begun anew', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'aitbc-sql-')), 'db')
  const said: string[] = []
  const say = (line: string) => said.push(line)
  try {
    const first = await openPglite(folder, say)
    await first.query('create table x (a int)')
    await first.close()
    writeFileSync(join(folder, 'global', 'pg_control'), new Uint8Array(8192).fill(7))
    const second = await openPglite(folder, say)
    await migrate(second)
    assert.is(Number((await second.query('select count(*) as n from jobs'))[0]?.n), 0)
    await second.close()
    assert.is(said.length, 1)
    assert.match(said[0] as string, /unreadable .* moved to .*db\.broken/)
    assert.ok(existsSync(join(`${folder}.broken`, 'global')))
  } finally {
    rmSync(dirname(folder), { recursive: true, force: true })
  }
})

test('a server that is not there rejects', async () => {
  const failed = await openPostgres('postgresql://x@127.0.0.1:1/x').catch((error) => error)
  assert.instance(failed, Error)
})

test.run()
