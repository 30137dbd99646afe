// A table in an area: column titles with the sort marked, rows, the selected one lit up. A selected
// row that is not among those on the screen stands in the last line, so that it is never lost.

import type { PaneState } from '../state/model.ts'
import { type PlacedColumn, placeColumns, type Row, type ViewTable } from '../tables/view-table.ts'
import { type Area, type Cells, fit } from '../terminal/cells.ts'
import { STYLE } from '../terminal/style.ts'

export interface TableLook extends Pick<PaneState, 'sort' | 'reverse' | 'selected' | 'scroll'> {
  /** Shown when the selected row is not on the screen. */
  readonly pinned?: Row<unknown> | undefined
}

const STILL: TableLook = { sort: '', reverse: false, selected: undefined, scroll: 0 }

export function drawTable<Value>(
  cells: Cells,
  area: Area,
  table: ViewTable<Value>,
  rows: readonly Row<Value>[],
  look: TableLook = STILL,
): void {
  const columns = placeColumns(table.columns, area.width)
  for (const placed of columns) drawTitle(cells, area, placed, look, rows[0]?.value)
  const lines = area.height - 1
  const shown = rows.slice(look.scroll, look.scroll + lines)
  for (const [i, row] of shown.entries()) drawRow(cells, area, area.y + 1 + i, columns, row, look)
  const { pinned, selected } = look
  if (!pinned || lines < 2 || shown.some((row) => row.id === selected)) return
  const y = area.y + lines
  cells.fill({ ...area, y, height: 1 })
  drawRow(cells, area, y, columns, pinned as Row<Value>, look)
  cells.restyle({ ...area, y, height: 1 }, (style) => style | STYLE.dim)
}

function drawTitle<Value>(
  cells: Cells,
  area: Area,
  { column, x, width }: PlacedColumn<Value>,
  look: TableLook,
  sample: Value | undefined,
): void {
  const sorted = column.key === look.sort
  const style = sorted ? STYLE.bold | STYLE.cyan : STYLE.bold
  let title = column.title
  if (sorted) {
    const figures = column.sort && typeof (sample && column.sort(sample)) !== 'string'
    const mark = (figures ?? false) !== look.reverse ? 'v' : '^'
    title = `${fit(title, width - 1)}${title.length + 2 <= width ? ' ' : ''}${mark}`
  }
  if (column.right) cells.textRight(area.x + x + width, area.y, title, style, width)
  else cells.text(area.x + x, area.y, title, style, width)
}

function drawRow<Value>(
  cells: Cells,
  area: Area,
  y: number,
  columns: readonly PlacedColumn<Value>[],
  row: Row<Value>,
  look: TableLook,
): void {
  for (const { column, x, width } of columns) {
    const text = column.text(row.value)
    const style = column.style?.(row.value) ?? STYLE.plain
    if (column.right) cells.textRight(area.x + x + width, y, text, style, width)
    else cells.text(area.x + x, y, text, style, width)
  }
  const line = { ...area, y, height: 1 }
  if (row.stale) cells.restyle(line, () => STYLE.dim)
  if (row.id === look.selected) cells.restyle(line, (style) => style | STYLE.reverse)
}
