// The schema, as numbered steps that run once each; the same for both databases.

import type { Sql } from './sql.ts'

const STEPS: readonly (readonly string[])[] = [
  [
    `create table jobs (
       job_id text primary key,
       consumer text not null,
       state text not null,
       created_at_ms bigint not null,
       seq bigint not null,
       receipt_id text,
       view text not null
     )`,
    'create index jobs_of_consumer on jobs (consumer, created_at_ms desc, job_id desc)',
    'create index jobs_by_receipt on jobs (receipt_id)',
    'create table read_position (name text primary key, position bigint not null)',
  ],
]

async function versionOf(sql: Sql): Promise<number> {
  const [row] = await sql.query('select coalesce(max(version), 0) as version from aitbc_schema')
  return Number(row?.version ?? 0)
}

/** Brings the database to the newest schema. Throws if it is of a newer program. */
export async function migrate(sql: Sql): Promise<void> {
  await sql.query('create table if not exists aitbc_schema (version int primary key)')
  const version = await versionOf(sql)
  if (version > STEPS.length) {
    throw new Error(`the database has schema ${version}; this program knows ${STEPS.length}`)
  }
  for (let step = version; step < STEPS.length; step++) {
    const mark = { text: 'insert into aitbc_schema (version) values ($1)', parameters: [step + 1] }
    const statements = (STEPS[step] ?? []).map((text) => ({ text }))
    try {
      await sql.batch([mark, ...statements])
    } catch (error) {
      // Two that start at once: the mark's primary key lets one of them do the step.
      if ((await versionOf(sql)) <= step) throw error
    }
  }
}
