// What a screen asks of every process: the view that is seen, and as many rows as it has lines.

import { ADMIN_FILTER_CHARS_MAX, INSPECTOR_ROWS_MAX } from '../../../config/limits.ts'
import type { SnapshotQuery } from '../poll/poller.ts'
import type { InspectorState } from '../state/model.ts'
import { orderOf, viewRows } from '../tables/view-rows.ts'
import type { Size } from '../terminal/cells.ts'
import { rowsWanted } from '../views/frame.ts'

/** Rows of the views whose rows are few: threads, links, validators, stores. All are asked for. */
const WHOLE_LIMIT = 200

/** Blocks that the header's poll takes in, for the charts. */
const HEADER_LIMIT = 20

export const HEADER_QUERY: SnapshotQuery = { view: 'chain', limit: HEADER_LIMIT }

/** Actors, jobs and log lines may be many: each process sends the best rows of the order shown. */
export function screenQuery(state: InspectorState, size: Size): SnapshotQuery {
  const { view } = state
  if (view !== 'actors' && view !== 'jobs' && view !== 'log') return { view, limit: WHOLE_LIMIT }
  const { sort, reverse, filter } = orderOf(state)
  return {
    view,
    sort: `${reverse ? '-' : ''}${sort}`,
    filter: viewRows(state, 0).problem ? '' : filter.trim(),
    limit: Math.min(rowsWanted(state, size), INSPECTOR_ROWS_MAX),
    also: alsoOf(state),
  }
}

/** Ids of log lines are the screen's own; servers refuse ids that no actor could have. */
function alsoOf({ view, panes }: InspectorState): string | undefined {
  const { selected } = panes[view]
  if (view === 'log' || (selected?.length ?? 0) > ADMIN_FILTER_CHARS_MAX) return undefined
  return selected
}
