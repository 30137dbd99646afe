// PostgreSQL over the network (AITBC_DB_URL), through a small pool.

import pg from 'pg'
import { SQL_CONNECT_MS, SQL_CONNECTIONS_MAX } from '../../config/limits.ts'
import type { Sql, SqlRow, SqlStatement } from './sql.ts'

async function inTransaction(pool: pg.Pool, statements: readonly SqlStatement[]): Promise<void> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    for (const { text, parameters = [] } of statements) await client.query(text, [...parameters])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch((lost: Error) => {
      broken = lost
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** Rejects if the server cannot be reached. */
export async function openPostgres(url: string): Promise<Sql> {
  const pool = new pg.Pool({
    connectionString: url,
    max: SQL_CONNECTIONS_MAX,
    connectionTimeoutMillis: SQL_CONNECT_MS,
  })
  // An idle connection that breaks is replaced at the next query.
  pool.on('error', () => {})
  try {
    await pool.query('select 1')
  } catch (error) {
    await pool.end()
    throw error
  }
  return {
    query: async (text, parameters = []) => (await pool.query<SqlRow>(text, [...parameters])).rows,
    batch: (statements) => inTransaction(pool, statements),
    close: () => pool.end(),
  }
}
