// Where the parts of the screen lie: header, tabs, a warning when there is one, body, footer; and
// within the body the view's table, what stands beside it and what below it.

import type { InspectorState } from '../state/model.ts'
import type { Area, Size } from '../terminal/cells.ts'

export interface Layout {
  readonly warning: number | undefined
  readonly body: Area
  /** With its frame. */
  readonly table: Area
  readonly side: Area | undefined
  readonly below: Area | undefined
  /** Lines of the table below its column titles. */
  readonly rows: number
}

/** From this width on there is room beside the table. */
const SIDE_FROM = 110
export const SIZE_MIN: Size = { width: 40, height: 10 }
const HEADER_LINES = 2
const FOOTER_LINES = 1

export function unreachable(state: InspectorState): InspectorState['processes'] {
  return state.processes.filter((process) => process.link === 'unreachable')
}

export function layout(state: InspectorState, { width, height }: Size): Layout {
  const lost = unreachable(state)
  const warned = lost.length > 0 && lost.length < state.processes.length
  const y = HEADER_LINES + (warned ? 1 : 0)
  const body = { x: 0, y, width, height: Math.max(3, height - y - FOOTER_LINES) }
  const { table, side, below } = split(state, body)
  const rows = Math.max(1, table.height - 3)
  return { warning: warned ? HEADER_LINES : undefined, body, table, side, below, rows }
}

type Split = Pick<Layout, 'table' | 'side' | 'below'>

function split(state: InspectorState, body: Area): Split {
  const { view, detail, tap } = state
  const beside = detail || view === 'cluster' || view === 'chain'
  const traced = tap !== undefined && view === 'actors'
  if (!beside || body.width < SIDE_FROM || (detail && traced)) {
    if (detail) return { table: body, side: body, below: undefined }
    return { ...stack(state, body), side: undefined }
  }
  const wide = body.width >= 170 ? 64 : 46
  const left = { ...body, width: body.width - wide }
  const side = { ...body, x: left.width, width: wide }
  return { ...stack(state, left), side }
}

/** The share of the height that the table leaves to what is below it. */
function stack({ view, processes }: InspectorState, area: Area): Pick<Layout, 'table' | 'below'> {
  if (view !== 'cluster' && view !== 'chain' && view !== 'storage') {
    return { table: area, below: undefined }
  }
  const most = Math.floor(area.height * (view === 'cluster' ? 0.5 : 0.6))
  const wanted = view === 'storage' ? processes.length + 3 : most
  const lower = Math.max(4, Math.min(most, wanted))
  if (area.height - lower < 5) return { table: area, below: undefined }
  const upper = area.height - lower
  return {
    table: { ...area, height: upper },
    below: { ...area, y: area.y + upper, height: lower },
  }
}
