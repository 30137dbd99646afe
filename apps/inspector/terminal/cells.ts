// A screen as two planes, glyphs and styles. Whatever is drawn is clipped, and every glyph is one
// cell wide in every terminal: what could be wider, or is a control character, becomes a `?`.

import { STYLE } from './style.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Area extends Size {
  readonly x: number
  readonly y: number
}

const BLANK = 0x20
const UNKNOWN = 0x3f
/** Stands for text that was cut off. */
const CUT = '~'

/** ASCII, box drawing, block elements, braille. */
export function safeGlyph(point: number): number {
  if (point >= 0x20 && point < 0x7f) return point
  if (point >= 0x2500 && point <= 0x259f) return point
  if (point >= 0x2800 && point <= 0x28ff) return point
  return UNKNOWN
}

export class Cells implements Size {
  readonly width: number
  readonly height: number
  readonly glyphs: Uint32Array
  readonly styles: Uint8Array

  constructor({ width, height }: Size) {
    this.width = width
    this.height = height
    this.glyphs = new Uint32Array(width * height).fill(BLANK)
    this.styles = new Uint8Array(width * height)
  }

  get area(): Area {
    return { x: 0, y: 0, width: this.width, height: this.height }
  }

  set(x: number, y: number, point: number, style: number): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return
    const at = y * this.width + x
    this.glyphs[at] = safeGlyph(point)
    this.styles[at] = style
  }

  /** Writes text of at most `max` cells and returns the column after it. */
  text(x: number, y: number, text: string, style: number = STYLE.plain, max = this.width): number {
    const fitted = fit(text, Math.min(max, this.width - x))
    let column = x
    for (let i = 0; i < fitted.length; i++) {
      const unit = fitted.charCodeAt(i)
      if (isSecondHalf(unit)) continue
      this.set(column++, y, unit, style)
    }
    return column
  }

  /** The same, ending before column `end`. */
  textRight(end: number, y: number, text: string, style: number, max = this.width): void {
    const fitted = fit(text, Math.min(max, end))
    this.text(end - lengthOf(fitted), y, fitted, style)
  }

  fill({ x, y, width, height }: Area, style: number = STYLE.plain, point = BLANK): void {
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) this.set(column, row, point, style)
    }
  }

  /** Adds attributes to what is drawn already. */
  restyle({ x, y, width, height }: Area, change: (style: number) => number): void {
    for (let row = Math.max(0, y); row < Math.min(this.height, y + height); row++) {
      for (let column = Math.max(0, x); column < Math.min(this.width, x + width); column++) {
        const at = row * this.width + column
        this.styles[at] = change(this.styles[at] as number)
      }
    }
  }

  /** A frame with a title in its upper edge; returns the area inside. */
  box(area: Area, title: string, style: number = STYLE.dim): Area {
    const { x, y, width, height } = area
    const line = '─'.repeat(Math.max(0, width - 2))
    this.text(x, y, `╭${line}╮`, style, width)
    for (let row = y + 1; row < y + height - 1; row++) {
      this.text(x, row, '│', style)
      this.text(x + width - 1, row, '│', style)
    }
    this.text(x, y + height - 1, `╰${line}╯`, style, width)
    if (title !== '' && width > 6) this.text(x + 2, y, ` ${fit(title, width - 6)} `, STYLE.bold)
    return { x: x + 1, y: y + 1, width: Math.max(0, width - 2), height: Math.max(0, height - 2) }
  }

  /** The lines as plain text, without blanks at their ends. */
  lines(): string[] {
    const lines: string[] = []
    for (let row = 0; row < this.height; row++) {
      const from = row * this.width
      lines.push(textOf(this.glyphs.subarray(from, from + this.width)).trimEnd())
    }
    return lines
  }
}

function textOf(glyphs: Uint32Array): string {
  return String.fromCharCode(...glyphs)
}

/** The second of the two units of a code point past 0xffff: the first one stands for both. */
function isSecondHalf(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00
}

/** Cells that a text takes: one for each code point. */
export function lengthOf(text: string): number {
  let length = 0
  for (let i = 0; i < text.length; i++) if (!isSecondHalf(text.charCodeAt(i))) length++
  return length
}

/** At most `width` cells of a text, the last one telling that more was there. */
export function fit(text: string, width: number): string {
  if (width <= 0) return ''
  if (text.length <= width || lengthOf(text) <= width) return text
  return [...text.slice(0, width * 2)].slice(0, width - 1).join('') + CUT
}
