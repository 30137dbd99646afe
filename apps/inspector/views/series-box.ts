// A framed chart of one series: its name, its present value, its scale. Without two samples it says
// so instead of drawing a line from nothing.

import type { Area, Cells } from '../terminal/cells.ts'
import { STYLE } from '../terminal/style.ts'
import { drawChart } from './chart.ts'

export interface Series {
  readonly title: string
  readonly values: readonly number[]
  readonly text: (value: number) => string
}

export function drawSeries(cells: Cells, area: Area, { title, values, text }: Series): void {
  if (area.height < 3 || area.width < 12) return
  const last = values.at(-1)
  const inside = cells.box(area, last === undefined ? title : `${title} ${text(last)}`)
  if (values.length < 2) {
    cells.text(inside.x + 1, inside.y, 'collecting', STYLE.dim, inside.width - 2)
    return
  }
  const top = drawChart(cells, inside, values)
  const scale = ` ${text(top)} `
  cells.textRight(area.x + area.width - 2, area.y, scale, STYLE.dim, area.width - title.length - 16)
}
