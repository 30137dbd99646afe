// The SQL port: PostgreSQL's dialect, embedded or over the network. What is kept in it can be built
// again from the scheduler's records and the chain.

export type SqlRow = Record<string, unknown>

export interface SqlStatement {
  readonly text: string
  readonly parameters?: readonly unknown[]
}

export interface Sql {
  /** Parameters are $1, $2, …; rows are objects by column. */
  query(text: string, parameters?: readonly unknown[]): Promise<SqlRow[]>
  /** All statements in one transaction: rejects with none of them done when one fails. */
  batch(statements: readonly SqlStatement[]): Promise<void>
  close(): Promise<void>
}
