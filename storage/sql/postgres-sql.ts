// PostgreSQL over the network (AITBC_DB_URL), through a small pool.

import pg from 'pg'
import { SQL_CONNECTIONS_MAX } from '../../config/limits.ts'
import type { Sql, SqlRow } from './sql.ts'

/** Rejects if the server cannot be reached. */
export async function openPostgres(url: string): Promise<Sql> {
  const pool = new pg.Pool({ connectionString: url, max: SQL_CONNECTIONS_MAX })
  // An idle connection that breaks is replaced at the next query.
  pool.on('error', () => {})
  await pool.query('select 1')
  return {
    query: async (text, parameters = []) => (await pool.query<SqlRow>(text, [...parameters])).rows,
    close: () => pool.end(),
  }
}
