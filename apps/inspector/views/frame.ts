// The whole screen as a function of the state and the size: what the terminal shows, what --once
// prints, and what tests compare.

import type { InspectorState } from '../state/model.ts'
import { viewRows } from '../tables/view-rows.ts'
import { Cells, type Size } from '../terminal/cells.ts'
import { STYLE } from '../terminal/style.ts'
import { DRAW_VIEW, drawLastKnown } from './draw-view.ts'
import { drawFooter } from './footer.ts'
import { drawHeader } from './header.ts'
import { layout, SIZE_MIN, unreachable } from './layout.ts'
import { drawDialog, drawHelp } from './overlays.ts'
import {
  drawMiddle,
  drawUnreachable,
  emptyLines,
  loadingLines,
  lostLine,
  presence,
} from './placeholder.ts'

export function frame(state: InspectorState, size: Size): Cells {
  const cells = new Cells(size)
  if (size.width < SIZE_MIN.width || size.height < SIZE_MIN.height) {
    drawMiddle(cells, cells.area, ['Too small', `at least ${SIZE_MIN.width}x${SIZE_MIN.height}`])
    return cells
  }
  const at = layout(state, size)
  const found = viewRows(state, rowsWanted(state, size))
  drawHeader(cells, state)
  if (at.warning !== undefined) drawWarning(cells, at.warning, state)
  const what = presence(state, found)
  if (what === 'rows') DRAW_VIEW[state.view](cells, state, at, found)
  else if (what === 'unreachable') {
    const y = at.body.y + drawUnreachable(cells, at.body, state)
    const below = { ...at.body, y, height: at.body.y + at.body.height - y }
    if (found.rows.length > 0) drawLastKnown(cells, below, state, found)
    cells.restyle(below, (style) => (style & STYLE.reverse) | STYLE.dim)
  } else {
    cells.box(at.body, state.view[0]?.toUpperCase() + state.view.slice(1))
    const lines = what === 'empty' ? emptyLines(state, found) : loadingLines(state)
    drawMiddle(cells, at.body, lines)
  }
  drawFooter(cells, state, found.problem)
  if (state.help) drawHelp(cells, state)
  if (state.dialog) drawDialog(cells, state.dialog)
  return cells
}

/** Rows that a view needs from each process: down to the last line, and a page when moving. */
export function rowsWanted(state: InspectorState, size: Size): number {
  const { rows } = layout(state, size)
  const { scroll, selected } = state.panes[state.view]
  return scroll + rows + (scroll > 0 || selected !== undefined ? rows : 0)
}

/** Some processes answer, others do not: one line says which, the rest of the screen goes on. */
function drawWarning(cells: Cells, y: number, state: InspectorState): void {
  const [first, ...others] = unreachable(state)
  if (!first) return
  const more = others.length > 0 ? ` (and ${others.map((process) => process.name).join(', ')})` : ''
  const text = `${lostLine(first, state.now)}${more}`
  cells.fill({ x: 0, y, width: cells.width, height: 1 }, STYLE.red | STYLE.reverse)
  cells.text(1, y, text, STYLE.red | STYLE.reverse, cells.width - 2)
}
