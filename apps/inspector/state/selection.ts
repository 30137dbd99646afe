// Moving through a table. What is selected is an actor (or a thread, a job …), not a line: when
// rows change places, the selection goes with its row.

import type { ActorView } from '../snapshot.ts'
import { viewRows } from '../tables/view-rows.ts'
import type { Row } from '../tables/view-table.ts'
import type { Size } from '../terminal/cells.ts'
import { rowsWanted } from '../views/frame.ts'
import { layout } from '../views/layout.ts'
import type { ActorTarget, InspectorState, PaneState } from './model.ts'

export type Move = 'up' | 'down' | 'pageup' | 'pagedown' | 'first' | 'last'

export function withPane(state: InspectorState, change: Partial<PaneState>): InspectorState {
  const pane = { ...state.panes[state.view], ...change }
  return { ...state, panes: { ...state.panes, [state.view]: pane } }
}

export function moved(state: InspectorState, move: Move, size: Size): InspectorState {
  const { rows } = viewRows(state, rowsWanted(state, size))
  if (rows.length === 0) return state
  const page = layout(state, size).rows
  const { selected, scroll } = state.panes[state.view]
  const at = rows.findIndex((row) => row.id === selected)
  const last = rows.length - 1
  const wanted = {
    up: at < 0 ? scroll : at - 1,
    down: at < 0 ? scroll : at + 1,
    pageup: Math.max(at, 0) - page,
    pagedown: Math.max(at, 0) + page,
    first: 0,
    last,
  }[move]
  const to = Math.max(0, Math.min(last, wanted))
  const shown = Math.max(to - page + 1, Math.min(scroll, to))
  const row = rows[to] as Row<unknown>
  const next = withPane(state, { selected: row.id, scroll: shown })
  return state.view === 'actors' ? watching(next, row as Row<ActorView>) : next
}

/** What is known of it already is shown at once. */
function watching(state: InspectorState, { id, value }: Row<ActorView>): InspectorState {
  if (state.watched?.id === id) return state
  const known = { id, depths: [value.depth], rates: [value.perSecond], restarts: [] }
  return { ...state, watched: { ...known, last: value, at: state.now } }
}

/** The selected actor, where it was heard of last. */
export function selectedActor(state: InspectorState, size: Size): ActorTarget | undefined {
  const id = state.panes.actors.selected
  if (id === undefined || state.view !== 'actors') return undefined
  const { rows } = viewRows(state, rowsWanted(state, size))
  const row = rows.find((found) => found.id === id) as Row<ActorView> | undefined
  if (row) return { id, host: row.value.host, process: row.process }
  const { watched, processes } = state
  if (watched?.id !== id) return undefined
  const told = processes.find((process) =>
    process.heard.actors?.actors.some((actor) => actor.id === id),
  )
  return told && { id, host: watched.last.host, process: told.name }
}
