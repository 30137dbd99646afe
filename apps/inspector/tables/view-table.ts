// A table of what several processes told: its columns, and its rows merged, filtered and sorted.
// Columns say how much they matter, so that a narrow screen drops the right ones.

import { orderBy } from '../query/actor-query.ts'
import { type FilterFields, rowFilter } from '../query/row-filter.ts'
import type { ProcessState } from '../state/model.ts'

export type SortValue = number | string | undefined

export interface Column<Value> {
  /** Name for sorting and for filters. */
  readonly key: string
  readonly title: string
  readonly width: number
  /** Takes a share of the cells that are left. */
  readonly grow?: number
  readonly right?: boolean
  /** The greatest goes first when there is no room. */
  readonly priority: number
  readonly text: (value: Value) => string
  readonly sort?: (value: Value) => SortValue
  readonly style?: (value: Value) => number
}

export interface Row<Value> {
  readonly id: string
  readonly process: string
  /** Of a process that does not answer: the last that was known. */
  readonly stale: boolean
  readonly value: Value
}

export interface Found<Value> {
  readonly rows: readonly Row<Value>[]
  /** How many match the filter, and how many there are; more than the rows when servers limit. */
  readonly matched: number
  readonly total: number
  /** Why the filter cannot be understood; then it is not applied. */
  readonly problem: string | undefined
}

export interface Order {
  readonly sort: string
  readonly reverse: boolean
  readonly filter: string
}

export interface ViewTable<Value> {
  readonly columns: readonly Column<Value>[]
  readonly fields: FilterFields<Value>
  readonly id: (value: Value) => string
  /** Values of one process; undefined when it has told none yet. */
  readonly told: (process: ProcessState) => readonly Value[] | undefined
}

/** Filters by column: `key:text` where a column sorts by text, `key>number` otherwise. */
export function columnFields<Value>(
  columns: readonly Column<Value>[],
  sample: (key: string) => 'text' | 'number',
): FilterFields<Value> {
  const texts: Record<string, (value: Value) => string> = {}
  const numbers: Record<string, (value: Value) => number | undefined> = {}
  for (const { key, sort, text } of columns) {
    const name = key.toLowerCase()
    if (sample(key) === 'text') texts[name] = text
    else if (sort) numbers[name] = (value) => sort(value) as number | undefined
  }
  const bare = (value: Value) => [columns.map((column) => column.text(value)).join(' ')]
  return { texts, numbers, bare }
}

/** The same with `node:text`, the first part of a host's name. */
export function withNode<Value>(
  fields: FilterFields<Value>,
  host: (value: Value) => string,
): FilterFields<Value> {
  const node = (value: Value) => host(value).split('/')[0] as string
  return { ...fields, texts: { ...fields.texts, node } }
}

/** Rows of all processes; those with the same id are told by more than one: the first counts. */
export function gather<Value>(
  table: ViewTable<Value>,
  processes: readonly ProcessState[],
): Row<Value>[] {
  const rows = new Map<string, Row<Value>>()
  for (const process of processes) {
    const stale = process.link === 'unreachable'
    for (const value of table.told(process) ?? []) {
      const id = table.id(value)
      const known = rows.get(id)
      if (!known || (known.stale && !stale)) {
        rows.set(id, { id, process: process.name, stale, value })
      }
    }
  }
  return [...rows.values()]
}

export function findRows<Value>(
  table: ViewTable<Value>,
  processes: readonly ProcessState[],
  order: Order,
): Found<Value> {
  const all = gather(table, processes)
  const filter = rowFilter(order.filter, table.fields)
  const rows = filter.ok ? all.filter((row) => filter.matches(row.value)) : all
  const column = table.columns.find(({ key }) => key === order.sort)
  const value = column?.sort ?? column?.text
  if (value) rows.sort(orderBy<Row<Value>>((row) => value(row.value), idOf, order.reverse))
  return {
    rows,
    matched: rows.length,
    total: all.length,
    problem: filter.ok ? undefined : filter.problem,
  }
}

const idOf = (row: Row<unknown>) => row.id

export interface PlacedColumn<Value> {
  readonly column: Column<Value>
  readonly x: number
  readonly width: number
}

/** Columns that fit into `width`, one blank between them; growing ones share what is left. */
export function placeColumns<Value>(
  columns: readonly Column<Value>[],
  width: number,
): PlacedColumn<Value>[] {
  const kept = [...columns]
  const needed = () => kept.reduce((sum, column) => sum + column.width + 1, -1)
  while (kept.length > 1 && needed() > width) {
    const worst = kept.reduce((a, b) => (b.priority > a.priority ? b : a))
    kept.splice(kept.indexOf(worst), 1)
  }
  let left = Math.max(0, width - needed())
  let shares = kept.reduce((sum, column) => sum + (column.grow ?? 0), 0)
  let x = 0
  return kept.map((column) => {
    const grow = column.grow ?? 0
    const extra = shares > 0 ? Math.floor((left * grow) / shares) : 0
    left -= extra
    shares -= grow
    const placed = { column, x, width: Math.min(column.width + extra, width) }
    x += placed.width + 1
    return placed
  })
}
