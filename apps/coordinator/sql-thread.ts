// The embedded database on a thread of its own: opening it takes seconds of WebAssembly, and a
// query some milliseconds, in which the main thread must go on answering.

import { Worker } from 'node:worker_threads'
import type { Sql, SqlRow, SqlStatement } from '../../storage/sql/sql.ts'
import { runningFile } from '../../transport/threads/running-file.ts'
import { bootFile } from '../../transport/threads/thread-mesh.ts'
import type { SqlAnswer, SqlQuestion } from './sql-thread-worker.ts'

interface Waiting {
  resolve(rows: SqlRow[]): void
  reject(error: Error): void
}

type Question =
  | { query: SqlStatement }
  | { batch: readonly SqlStatement[] }
  | { readonly close: true }

/**
 * Rejects if the database cannot be opened, even after it was begun anew. When `signal` aborts, the
 * thread ends as in a crash, and all that was asked of it is rejected once it has.
 */
export async function openSqlThread(
  folder: string,
  warn: (text: string) => void,
  signal: AbortSignal,
): Promise<Sql> {
  signal.throwIfAborted()
  const module = runningFile(import.meta.url, './sql-thread-worker').href
  const worker = new Worker(bootFile(), { name: 'sql', workerData: { module, folder } })
  // The database is a view of what is kept elsewhere: it never keeps the process from ending.
  worker.unref()
  const waiting = new Map<number, Waiting>()
  let nextId = 1
  let ended: Error | undefined
  const end = (error: Error) => {
    ended ??= error
    for (const one of waiting.values()) one.reject(ended)
    waiting.clear()
  }
  worker.on('message', (answer: SqlAnswer) => {
    if (answer.type === 'warning') return warn(answer.message)
    const one = waiting.get(answer.id)
    waiting.delete(answer.id)
    if (answer.type === 'rows') one?.resolve(answer.rows)
    else one?.reject(new Error(answer.message))
  })
  worker.on('error', end)
  const kill = () => void worker.terminate()
  signal.addEventListener('abort', kill, { once: true })
  worker.on('exit', () => {
    signal.removeEventListener('abort', kill)
    end(new Error('the database thread has ended'))
  })
  const ask = (question: Question) =>
    new Promise<SqlRow[]>((resolve, reject) => {
      if (ended) return reject(ended)
      const id = nextId++
      waiting.set(id, { resolve, reject })
      worker.postMessage({ id, ...question } satisfies SqlQuestion)
    })
  const close = async () => {
    await ask({ close: true }).catch(() => {})
    await worker.terminate()
  }
  try {
    await ask({ query: { text: 'select 1' } })
  } catch (error) {
    await close()
    throw error
  }
  return {
    query: (text, parameters = []) => ask({ query: { text, parameters } }),
    batch: async (statements) => void (await ask({ batch: statements })),
    close,
  }
}
