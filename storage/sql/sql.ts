// The SQL port: PostgreSQL's dialect, embedded or over the network. What is kept in it can be built
// again from the scheduler's records and the chain.

export type SqlRow = Record<string, unknown>

export interface Sql {
  /** Parameters are $1, $2, …; rows are objects by column. */
  query(text: string, parameters?: readonly unknown[]): Promise<SqlRow[]>
  close(): Promise<void>
}
