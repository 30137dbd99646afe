// The thread of the embedded database: questions in, rows out, one at a time.

import { parentPort, workerData } from 'node:worker_threads'
import { openPglite } from '../../storage/sql/pglite-sql.ts'
import type { Sql, SqlRow, SqlStatement } from '../../storage/sql/sql.ts'

/** One statement's rows, a batch in one transaction, or the database's end. */
export type SqlQuestion = { readonly id: number } & (
  | { readonly query: SqlStatement }
  | { readonly batch: readonly SqlStatement[] }
  | { readonly close: true }
)

export type SqlAnswer =
  | { readonly type: 'rows'; readonly id: number; readonly rows: SqlRow[] }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  | { readonly type: 'warning'; readonly message: string }

const say = (answer: SqlAnswer) => parentPort?.postMessage(answer)
const { folder } = workerData as { folder: string }
const opening = openPglite(folder, (message) => say({ type: 'warning', message }))
// Every question reports the failure; without a handler the thread would end before the first.
opening.catch(() => {})

async function answer(sql: Sql, question: SqlQuestion): Promise<SqlRow[]> {
  if ('query' in question) return sql.query(question.query.text, question.query.parameters)
  if ('batch' in question) await sql.batch(question.batch)
  else await sql.close()
  return []
}

parentPort?.on('message', async (question: SqlQuestion) => {
  const { id } = question
  try {
    say({ type: 'rows', id, rows: await answer(await opening, question) })
  } catch (error) {
    say({ type: 'failed', id, message: (error as Error).message })
  }
})
