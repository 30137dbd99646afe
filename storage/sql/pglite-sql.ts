// The embedded database: PostgreSQL in WebAssembly, in a folder. If a crash left it unreadable it is
// moved aside and begun anew, because it is only a view of what is kept elsewhere.

import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import type { Sql, SqlRow } from './sql.ts'

async function open(folder: string): Promise<PGlite> {
  const database = new PGlite(folder)
  await database.query('select 1')
  return database
}

export async function openPglite(folder: string, warn: (message: string) => void): Promise<Sql> {
  mkdirSync(folder, { recursive: true })
  let database: PGlite
  try {
    database = await open(folder)
  } catch (error) {
    const aside = `${folder}.broken-${Date.now()}`
    if (existsSync(folder)) renameSync(folder, aside)
    warn(
      `the job view was unreadable (${(error as Error).message}); moved to ${aside}, built again`,
    )
    mkdirSync(folder, { recursive: true })
    database = await open(folder)
  }
  return {
    query: async (text, parameters = []) =>
      (await database.query<SqlRow>(text, [...parameters])).rows,
    close: () => database.close(),
  }
}
