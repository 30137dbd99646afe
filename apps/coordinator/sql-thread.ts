// The embedded database on a thread of its own: opening it takes seconds of WebAssembly, and a query
// some milliseconds, in which the main thread must go on answering.

import { Worker } from 'node:worker_threads'
import type { Sql, SqlRow } from '../../storage/sql/sql.ts'
import { runningFile } from '../../transport/threads/running-file.ts'
import { bootFile } from '../../transport/threads/thread-mesh.ts'
import type { SqlAnswer, SqlQuestion } from './sql-thread-worker.ts'

interface Waiting {
  resolve(rows: SqlRow[]): void
  reject(error: Error): void
}

/** Rejects if the database cannot be opened, even after it was begun anew. */
export async function openSqlThread(folder: string, warn: (text: string) => void): Promise<Sql> {
  const module = runningFile(import.meta.url, './sql-thread-worker').href
  const worker = new Worker(bootFile(), { name: 'sql', workerData: { module, folder } })
  // The database is a view of what is kept elsewhere: it never keeps the process from ending.
  worker.unref()
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  const failAll = (error: Error) => {
    for (const one of waiting.values()) one.reject(error)
    waiting.clear()
  }
  worker.on('message', (answer: SqlAnswer) => {
    if (answer.type === 'warning') warn(answer.message)
    else {
      const one = waiting.get(answer.id)
      waiting.delete(answer.id)
      if (answer.type === 'rows') one?.resolve(answer.rows)
      else one?.reject(new Error(answer.message))
    }
  })
  worker.on('error', failAll)
  worker.on('exit', () => failAll(new Error('the database thread has ended')))
  const ask = (text: string, parameters: readonly unknown[]) =>
    new Promise<SqlRow[]>((resolve, reject) => {
      const id = nextId++
      waiting.set(id, { resolve, reject })
      const question: SqlQuestion = { id, text, parameters: [...parameters] }
      worker.postMessage(question)
    })
  await ask('select 1', [])
  return {
    query: (text, parameters = []) => ask(text, parameters),
    async close() {
      await ask('', []).catch(() => {})
      await worker.terminate()
    },
  }
}
