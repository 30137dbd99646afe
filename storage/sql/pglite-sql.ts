// The embedded database: PostgreSQL in WebAssembly, in a folder. If a crash left it unreadable it
// is moved aside and begun anew, because it is only a view of what is kept elsewhere.

import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import type { Sql, SqlRow } from './sql.ts'

async function open(folder: string): Promise<PGlite> {
  const database = new PGlite(folder)
  await database.query('select 1')
  return database
}

/** Rejects if even a new database cannot be opened there. One process at a time per folder. */
export async function openPglite(folder: string, warn: (message: string) => void): Promise<Sql> {
  mkdirSync(folder, { recursive: true })
  let database: PGlite
  try {
    database = await open(folder)
  } catch (error) {
    // One is kept for a look; the disk must not fill with them.
    const aside = `${folder}.broken`
    rmSync(aside, { recursive: true, force: true })
    renameSync(folder, aside)
    const why = error instanceof Error ? error.message : String(error)
    warn(`the job view was unreadable (${why}); moved to ${aside}, built again`)
    mkdirSync(folder, { recursive: true })
    database = await open(folder)
  }
  return {
    query: async (text, parameters = []) =>
      (await database.query<SqlRow>(text, [...parameters])).rows,
    batch: (statements) =>
      database.transaction(async (transaction) => {
        for (const { text, parameters = [] } of statements) {
          await transaction.query(text, [...parameters])
        }
      }),
    close: () => database.close(),
  }
}
