// Filter, order and limit of a view's rows, read from the rows' own columns. The words are those of
// apps/inspector/query: what a user types means the same on every tab.

import { orderBy } from '../../inspector/query/actor-query.ts'
import { rowFilter } from '../../inspector/query/row-filter.ts'
import { Problem } from './problem.ts'
import type { SnapshotQuery } from './snapshot-query.ts'

type Cell = string | number | undefined

export interface ViewTable<Row> {
  readonly id: (row: Row) => string
  readonly columns: Readonly<Record<string, (row: Row) => Cell>>
}

/** Throws Problem BAD_REQUEST for a filter or sort that names nothing. */
export function chooseRows<Row>(
  rows: readonly Row[],
  { id, columns }: ViewTable<Row>,
  { sort, filter, limit, also }: SnapshotQuery,
): Row[] {
  const numbers: Record<string, (row: Row) => number | undefined> = {}
  const texts: Record<string, (row: Row) => string> = {}
  for (const [name, read] of Object.entries(columns)) {
    texts[name.toLowerCase()] = (row) => String(read(row) ?? '')
    numbers[name.toLowerCase()] = (row) => {
      const value = read(row)
      return typeof value === 'number' ? value : undefined
    }
  }
  const bare = (row: Row) => [id(row), ...Object.values(texts).map((read) => read(row))]
  const wanted = rowFilter(filter, { bare, texts, numbers })
  if (!wanted.ok) throw new Problem('BAD_REQUEST', `filter: ${wanted.problem}`)
  const found = rows.filter((row) => wanted.matches(row))
  const reverse = sort.startsWith('-')
  const name = reverse ? sort.slice(1) : sort
  if (name !== '') {
    const value = Object.hasOwn(columns, name) ? columns[name] : undefined
    if (!value) {
      const known = Object.keys(columns).join(', ')
      throw new Problem('BAD_REQUEST', `sort: there is no column ${name.slice(0, 40)} (${known})`)
    }
    found.sort(orderBy(value, id, reverse))
  }
  const chosen = found.slice(0, limit)
  const extra = also === '' ? undefined : rows.find((row) => id(row) === also)
  return extra && !chosen.includes(extra) ? [...chosen, extra] : chosen
}
