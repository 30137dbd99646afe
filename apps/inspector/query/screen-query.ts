// What a screen asks of every process: the view that is seen, and as many rows as it has lines.

import { INSPECTOR_ROWS_MAX } from '../../../config/limits.ts'
import type { SnapshotQuery } from '../poll/poller.ts'
import type { InspectorState } from '../state/model.ts'
import { orderOf } from '../tables/view-rows.ts'
import type { Size } from '../terminal/cells.ts'
import { rowsWanted } from '../views/frame.ts'
import { actorFilter } from './actor-query.ts'

/** Views whose rows are few, or whose order the screen makes itself: nothing is cut too early. */
const WHOLE_LIMIT = 200

/** Blocks that the header's poll takes in, for the charts. */
const HEADER_LIMIT = 20

export const HEADER_QUERY: SnapshotQuery = { view: 'chain', limit: HEADER_LIMIT }

export function screenQuery(state: InspectorState, size: Size): SnapshotQuery {
  const { view } = state
  const { sort, reverse, filter } = orderOf(state)
  const wanted = rowsWanted(state, size)
  if (view !== 'actors') {
    const filtered = view === 'log' || view === 'jobs' ? Math.max(wanted, WHOLE_LIMIT) : WHOLE_LIMIT
    return { view, limit: filter.trim() === '' ? Math.min(wanted, WHOLE_LIMIT) : filtered }
  }
  return {
    view,
    sort: `${reverse ? '-' : ''}${sort}`,
    filter: actorFilter(filter).ok ? filter.trim() : '',
    limit: Math.min(wanted, INSPECTOR_ROWS_MAX),
    also: state.panes.actors.selected,
  }
}
