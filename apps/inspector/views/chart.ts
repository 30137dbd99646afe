// Series as braille columns, two samples a cell, the newest at the right edge. The scale starts at
// zero, so that heights compare.

import type { Area, Cells } from '../terminal/cells.ts'
import { STYLE } from '../terminal/style.ts'

const BRAILLE = 0x2800
/** Dots of the left and right column of a cell, from below. */
const LEFT = [0x40, 0x04, 0x02, 0x01]
const RIGHT = [0x80, 0x20, 0x10, 0x08]

/** Draws the values into the area and returns the value that its full height stands for. */
export function drawChart(
  cells: Cells,
  area: Area,
  values: readonly number[],
  style: number = STYLE.cyan,
): number {
  const shown = values.slice(-area.width * 2)
  const top = niceTop(Math.max(0, ...shown))
  const dots = area.height * 4
  const first = area.width * 2 - shown.length
  for (let column = 0; column < area.width; column++) {
    const left = dotsOf(shown[column * 2 - first], top, dots)
    const right = dotsOf(shown[column * 2 + 1 - first], top, dots)
    for (let line = 0; line < area.height; line++) {
      const below = line * 4
      let bits = 0
      for (let dot = 0; dot < 4; dot++) {
        if (left > below + dot) bits |= LEFT[dot] as number
        if (right > below + dot) bits |= RIGHT[dot] as number
      }
      const y = area.y + area.height - 1 - line
      if (bits) cells.set(area.x + column, y, BRAILLE + bits, style)
    }
  }
  return top
}

/** A value above zero has at least one dot. */
function dotsOf(value: number | undefined, top: number, dots: number): number {
  if (value === undefined || !(value > 0)) return 0
  return Math.max(1, Math.round((value / top) * dots))
}

/** The next of 1, 2, 5 times a power of ten. */
export function niceTop(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  for (const step of [1, 2, 5]) if (value <= step * power) return step * power
  return 10 * power
}
