// Text broken into lines of a width, at blanks where there are some.

import { lengthOf } from '../terminal/cells.ts'

export function wrap(text: string, width: number): string[] {
  if (lengthOf(text) <= width) return text === '' ? [] : [text]
  const lines: string[] = []
  let line = ''
  for (let word of text.split(/\s+/)) {
    if (line !== '' && lengthOf(line) + 1 + lengthOf(word) <= width) {
      line += ` ${word}`
      continue
    }
    if (line !== '') lines.push(line)
    for (; lengthOf(word) > width && width > 0; word = word.slice(width)) {
      lines.push(word.slice(0, width))
    }
    line = word
  }
  return line === '' ? lines : [...lines, line]
}
