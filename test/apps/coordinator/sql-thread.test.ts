// The embedded database on its thread: it answers, and a stop in the middle of its opening ends it
// without harm to the next start.

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { openSqlThread } from '../../../apps/coordinator/sql-thread.ts'

const root = mkdtempSync(join(tmpdir(), 'aitbc-sql-thread-'))
test.after(() => rmSync(root, { recursive: true, force: true }))

/** Until the thread has begun to write its folder. */
async function begun(folder: string): Promise<void> {
  for (let tries = 0; !existsSync(join(folder, 'PG_VERSION')); tries++) {
    assert.ok(tries < 6000, 'the database never begins')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

test('an opening that is aborted has ended when it rejects, and another start works', async () => {
  const folder = join(root, 'db')
  const aborter = new AbortController()
  const said: string[] = []
  const opening = openSqlThread(folder, (line) => said.push(line), aborter.signal)
  const failed = opening.then(
    () => undefined,
    (error: Error) => error,
  )
  await begun(folder)
  aborter.abort()
  assert.match((await failed)?.message ?? '', /thread has ended/)
  const left = readdirSync(folder, { recursive: true })
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.equal(readdirSync(folder, { recursive: true }), left, 'nobody writes there any more')
  const sql = await openSqlThread(folder, (line) => said.push(line), new AbortController().signal)
  assert.equal(await sql.query('select $1::int as one', [1]), [{ one: 1 }])
  await sql.close()
  const ended = await sql.query('select 1').catch((error) => error)
  assert.match(ended.message, /thread has ended/)
})

test('what is asked of a thread that is ended by force is rejected', async () => {
  const aborter = new AbortController()
  const sql = await openSqlThread(join(root, 'other'), assert.unreachable, aborter.signal)
  const asked = sql.query('select pg_sleep(30)').catch((error) => error)
  aborter.abort()
  assert.match((await asked).message, /thread has ended/)
  const late = await openSqlThread(join(root, 'other'), assert.unreachable, aborter.signal).catch(
    (error) => error,
  )
  assert.is(late.name, 'AbortError')
})

test.run()
