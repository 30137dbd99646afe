// What lies over the view: the question before something is done to an actor, and the help.

import type { Dialog, InspectorState } from '../state/model.ts'
import type { Area, Cells } from '../terminal/cells.ts'
import { STYLE } from '../terminal/style.ts'
import { wrap } from './wrap.ts'

function middle(cells: Cells, width: number, height: number): Area {
  const fittedWidth = Math.min(width, cells.width)
  const fittedHeight = Math.min(height, cells.height)
  return {
    x: Math.floor((cells.width - fittedWidth) / 2),
    y: Math.floor((cells.height - fittedHeight) / 2),
    width: fittedWidth,
    height: fittedHeight,
  }
}

export function dialogLines(dialog: Dialog): { text: string; style: number }[] {
  const { target, stage, words } = dialog
  const lines: { text: string; style: number }[] = [
    { text: target.id, style: STYLE.bold },
    { text: `on ${target.host}`, style: STYLE.dim },
    { text: '', style: STYLE.plain },
  ]
  const say = (text: string, style: number) => lines.push({ text, style })
  if (stage === 'asking') say('Asking what it means...', STYLE.dim)
  else if (stage === 'failed') say(`Not done: ${words}`, STYLE.red)
  else say(words, STYLE.plain)
  say('', STYLE.plain)
  if (stage === 'confirm') say(`y ${dialog.action}   n cancel`, STYLE.bold)
  else if (stage === 'doing') say('Doing it...', STYLE.dim)
  else say('n cancel', STYLE.bold)
  return lines
}

export function drawDialog(cells: Cells, dialog: Dialog): void {
  const width = Math.min(70, cells.width - 4)
  const lines = dialogLines(dialog).flatMap(({ text, style }) =>
    (text === '' ? [''] : wrap(text, width - 4)).map((part) => ({ text: part, style })),
  )
  const area = middle(cells, width, lines.length + 2)
  cells.fill(area)
  const title = `${dialog.action[0]?.toUpperCase()}${dialog.action.slice(1)} this actor?`
  const inside = cells.box(area, title, STYLE.red)
  for (const [i, { text, style }] of lines.slice(0, inside.height).entries()) {
    cells.text(inside.x + 1, inside.y + i, text, style, inside.width - 2)
  }
}

const HELP: readonly (readonly [string, string])[] = [
  ['1-6', 'actors, cluster, jobs, chain, storage, log; Tab the next one'],
  ['j k g G', 'select down, up, first, last; arrows and PgUp PgDn too'],
  ['Enter', 'everything about the selected row; Esc closes it'],
  ['/', 'filter: text, glob*, kind: host: node: state: mb>100 p99>5 rst>0'],
  ['s S', 'sort by the next column; the other way round'],
  ['space', 'freeze the screen; again to go on'],
  ['+ -', 'poll more, less often'],
  ['l', 'log of the selected actor'],
  ['t', 'trace its messages: 100 or 10 s, then it stops  (--admin)'],
  ['p r K', 'pause or resume, restart, kill: asks first      (--admin)'],
  ['? q', 'this help; quit'],
]

export function drawHelp(cells: Cells, state: InspectorState): void {
  const area = middle(cells, 78, HELP.length + 4)
  cells.fill(area)
  const inside = cells.box(area, 'Keys', STYLE.cyan)
  for (const [i, [keys, meaning]] of HELP.entries()) {
    cells.text(inside.x + 1, inside.y + i, keys, STYLE.bold)
    cells.text(inside.x + 11, inside.y + i, meaning, STYLE.plain, inside.width - 12)
  }
  const role = state.admin ? 'You may act on actors.' : 'Read-only: --admin lets you act.'
  cells.text(inside.x + 1, inside.y + HELP.length + 1, role, STYLE.dim, inside.width - 2)
}
