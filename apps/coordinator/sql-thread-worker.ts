// The thread of the embedded database: questions in, rows out, one at a time. An empty question
// closes it.

import { parentPort, workerData } from 'node:worker_threads'
import { openPglite } from '../../storage/sql/pglite-sql.ts'
import type { SqlRow } from '../../storage/sql/sql.ts'

export interface SqlQuestion {
  readonly id: number
  readonly text: string
  readonly parameters: readonly unknown[]
}

export type SqlAnswer =
  | { readonly type: 'rows'; readonly id: number; readonly rows: SqlRow[] }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  | { readonly type: 'warning'; readonly message: string }

const say = (answer: SqlAnswer) => parentPort?.postMessage(answer)
const { folder } = workerData as { folder: string }
const opening = openPglite(folder, (message) => say({ type: 'warning', message }))
// Every question reports the failure; without a handler the thread would end before the first.
opening.catch(() => {})

parentPort?.on('message', async ({ id, text, parameters }: SqlQuestion) => {
  try {
    const sql = await opening
    if (text === '') await sql.close()
    say({ type: 'rows', id, rows: text === '' ? [] : await sql.query(text, parameters) })
  } catch (error) {
    say({ type: 'failed', id, message: (error as Error).message })
  }
})
