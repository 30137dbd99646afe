// The last line: the filter while it is typed, what just happened, or the keys that do something.

import type { InspectorState } from '../state/model.ts'
import type { Cells } from '../terminal/cells.ts'
import { STYLE } from '../terminal/style.ts'

function keysOf(state: InspectorState): [string, string][] {
  const keys: [string, string][] = [
    ['q', 'quit'],
    ['?', 'help'],
    ['/', 'filter'],
    ['s', 'sort'],
    ['j/k', 'move'],
    ['Enter', 'detail'],
    ['space', state.frozen ? 'go on' : 'freeze'],
  ]
  if (state.view === 'actors' && state.admin) {
    keys.push(['t', 'trace'], ['p', 'pause'], ['r', 'restart'], ['K', 'kill'])
  }
  if (state.view === 'actors') keys.push(['l', 'log'])
  keys.push(['S', 'reverse'], ['+/-', 'rate'])
  return keys
}

export function drawFooter(cells: Cells, state: InspectorState, problem: string | undefined): void {
  const y = cells.height - 1
  if (state.typing !== undefined) {
    const x = cells.text(1, y, 'filter: ', STYLE.bold)
    const end = cells.text(x, y, state.typing.slice(-(cells.width - x - 2)))
    cells.text(end, y, ' ', STYLE.reverse)
    const hint = problem ?? 'Enter keep   Esc undo'
    const style = problem ? STYLE.red : STYLE.dim
    if (end + 4 + hint.length < cells.width) cells.textRight(cells.width - 1, y, hint, style)
    return
  }
  if (state.notice && state.notice.until > state.now) {
    const { text, bad } = state.notice
    cells.text(1, y, text, bad ? STYLE.red | STYLE.bold : STYLE.green, cells.width - 2)
    return
  }
  let x = 1
  for (const [key, meaning] of keysOf(state)) {
    if (x + key.length + meaning.length + 1 > cells.width) return
    x = cells.text(x, y, key, STYLE.bold)
    x = cells.text(x + 1, y, meaning, STYLE.dim) + 2
  }
}
