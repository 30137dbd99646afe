// As much of a terminal as a frame needs: it moves the cursor, sets styles and clears. Whatever
// else it is sent is a fault.

import type { Cells, Size } from '../../../apps/inspector/terminal/cells.ts'

export class TinyTerminal {
  readonly width: number
  readonly height: number
  cells: { glyph: string; style: string }[]
  synchronous = false
  #x = 0
  #y = 0
  #style = '0'

  constructor({ width, height }: Size) {
    this.width = width
    this.height = height
    this.cells = this.#blank()
  }

  #blank() {
    return Array.from({ length: this.width * this.height }, () => ({ glyph: ' ', style: '0' }))
  }

  write(text: string): void {
    for (let at = 0; at < text.length; ) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the terminal's own language
      const sequence = /^\x1b\[([?0-9;]*)([A-Za-z])/.exec(text.slice(at))
      if (sequence) {
        this.#sequence(sequence[1] as string, sequence[2] as string)
        at += sequence[0].length
        continue
      }
      if (text[at] === '\x1b') throw new Error(`what is ${JSON.stringify(text.slice(at, at + 9))}`)
      if (this.#x >= this.width || this.#y >= this.height) throw new Error('written outside')
      const cell = { glyph: text[at] as string, style: this.#style }
      this.cells[this.#y * this.width + this.#x++] = cell
      at++
    }
  }

  #sequence(parameters: string, final: string): void {
    if (final === 'H') {
      const [row, column] = parameters.split(';').map(Number) as [number, number]
      this.#x = column - 1
      this.#y = row - 1
    } else if (final === 'm') this.#style = parameters
    else if (final === 'J' && parameters === '2') this.cells = this.#blank()
    else if (parameters === '?2026') this.synchronous = final === 'h'
    else throw new Error(`what is ESC [ ${parameters} ${final}`)
  }

  /** The cells in which it differs from what should be shown. */
  differences(wanted: Cells, sequenceOf: (style: number) => string): string[] {
    return this.cells.flatMap(({ glyph, style }, at) => {
      const due = String.fromCharCode(wanted.glyphs[at] as number)
      const dueStyle = sequenceOf(wanted.styles[at] as number).slice(2, -1)
      return glyph === due && style === dueStyle ? [] : [`${at}: ${glyph} ${style}, not ${due}`]
    })
  }
}
