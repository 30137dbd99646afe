// How a cell looks, in one byte: a colour of the terminal's own palette and four attributes.

export const STYLE = {
  plain: 0,
  red: 1,
  green: 2,
  yellow: 3,
  blue: 4,
  magenta: 5,
  cyan: 6,
  bold: 0x10,
  dim: 0x20,
  reverse: 0x40,
} as const

const COLOUR = 0x07

/** The escape sequence that turns any style into this one. Without colours only attributes stay. */
export function styleSequence(style: number, colours: boolean): string {
  let codes = '0'
  if (style & STYLE.bold) codes += ';1'
  if (style & STYLE.dim) codes += ';2'
  if (style & STYLE.reverse) codes += ';7'
  const colour = style & COLOUR
  if (colours && colour) codes += `;3${colour}`
  return `\x1b[${codes}m`
}
