// The main table of each view, without its kind of values: enough to move through it and sort it.

import type { ViewName } from '../snapshot.ts'
import { filterOf, type InspectorState } from '../state/model.ts'
import { ACTOR_TABLE, findActors } from './actor-table.ts'
import { THREAD_TABLE } from './cluster-tables.ts'
import { CHAIN_TABLE, JOB_TABLE, LOG_TABLE, STORE_TABLE } from './data-tables.ts'
import { type Found, findRows, type Order, placeColumns, type ViewTable } from './view-table.ts'

export function orderOf(state: InspectorState): Order {
  const { sort, reverse } = state.panes[state.view]
  return { sort, reverse, filter: filterOf(state) }
}

/** What a view asks for; `limit` rows of actors are enough to fill the screen. */
export function viewRows(state: InspectorState, limit: number): Found<unknown> {
  const { processes, view } = state
  const order = orderOf(state)
  switch (view) {
    case 'actors':
      return findActors(processes, order, limit)
    case 'cluster':
      return findRows(THREAD_TABLE, processes, order)
    case 'jobs':
      return findRows(JOB_TABLE, processes, order)
    case 'chain':
      return findRows(CHAIN_TABLE, processes, order)
    case 'storage':
      return findRows(STORE_TABLE, processes, order)
    case 'log':
      return findRows(LOG_TABLE, processes, order)
  }
}

const TABLES = {
  actors: ACTOR_TABLE,
  cluster: THREAD_TABLE,
  jobs: JOB_TABLE,
  chain: CHAIN_TABLE,
  storage: STORE_TABLE,
  log: LOG_TABLE,
} as const

/** Names of the columns that a table shows in `width` cells: what one can sort by. */
export function shownColumns(view: ViewName, width: number): string[] {
  const columns = (TABLES[view] as ViewTable<unknown>).columns
  return placeColumns(columns, width).map(({ column }) => column.key)
}
