// What to send so that a terminal that shows one screen shows another: only the cells that differ,
// in runs, between the marks that tell the terminal to show them all at once (DEC mode 2026).

import type { Cells } from './cells.ts'
import { styleSequence } from './style.ts'

const BEGIN = '\x1b[?2026h'
const END = '\x1b[0m\x1b[?2026l'
/** Moving the cursor costs about so many bytes: shorter gaps are written again instead. */
const GAP_MAX = 5

/** Undefined `before`: nothing is known of the terminal, it is cleared. Empty: nothing differs. */
export function frameDiff(before: Cells | undefined, after: Cells, colours: boolean): string {
  const known = before && before.width === after.width && before.height === after.height
  const runs = new RunWriter(after, colours)
  for (let row = 0; row < after.height; row++) {
    if (known) writeRow(runs, before, after, row)
    else runs.write(row, 0, after.width)
  }
  if (runs.text === '') return ''
  return `${BEGIN}${known ? '' : '\x1b[0m\x1b[2J'}${runs.text}${END}`
}

function writeRow(runs: RunWriter, before: Cells, after: Cells, row: number): void {
  const { width } = after
  const base = row * width
  let from = -1
  let last = -1
  for (let column = 0; column < width; column++) {
    const at = base + column
    if (before.glyphs[at] === after.glyphs[at] && before.styles[at] === after.styles[at]) continue
    if (from >= 0 && column - last > GAP_MAX) {
      runs.write(row, from, last + 1)
      from = -1
    }
    if (from < 0) from = column
    last = column
  }
  if (from >= 0) runs.write(row, from, last + 1)
}

class RunWriter {
  text = ''
  readonly #cells: Cells
  readonly #colours: boolean
  #style = 0

  constructor(cells: Cells, colours: boolean) {
    this.#cells = cells
    this.#colours = colours
  }

  write(row: number, from: number, to: number): void {
    const { width, glyphs, styles } = this.#cells
    this.text += `\x1b[${row + 1};${from + 1}H`
    for (let at = row * width + from; at < row * width + to; at++) {
      const style = styles[at] as number
      if (style !== this.#style) {
        this.text += styleSequence(style, this.#colours)
        this.#style = style
      }
      this.text += String.fromCharCode(glyphs[at] as number)
    }
  }
}
