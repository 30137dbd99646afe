// What stands in the place of rows when there are none, and why: three different things. Nobody has
// answered yet; everybody has and nothing is there; nobody can be reached.

import { filterOf, type InspectorState, type ProcessState } from '../state/model.ts'
import type { Found } from '../tables/view-table.ts'
import type { Area, Cells } from '../terminal/cells.ts'
import { STYLE } from '../terminal/style.ts'
import { age } from './figures.ts'
import { unreachable } from './layout.ts'
import { wrap } from './wrap.ts'

export type Presence = 'loading' | 'empty' | 'unreachable' | 'rows'

export function presence(state: InspectorState, found: Found<unknown>): Presence {
  if (unreachable(state).length === state.processes.length) return 'unreachable'
  if (!state.processes.some((process) => process.heard[state.view])) return 'loading'
  return found.rows.length === 0 ? 'empty' : 'rows'
}

const NONE = {
  actors: 'There are no actors.',
  cluster: 'No thread has reported yet.',
  jobs: 'There are no jobs yet. ./aitbc run MODEL "…" makes one.',
  chain: 'No validator runs in these processes.',
  storage: 'No store is open in these processes.',
  log: 'Nothing was logged yet.',
} as const

export function emptyLines(state: InspectorState, found: Found<unknown>): string[] {
  const filter = filterOf(state).trim()
  const title = `${state.view === 'cluster' ? 'thread' : state.view.replace(/s$/, '')}`
  if (filter === '') return [NONE[state.view].replace('…', '...')]
  const lines = [`No ${title} matches ${filter}`]
  if (found.total > 0) lines.push(`${found.total} without the filter. / then Enter clears it.`)
  return lines
}

export function loadingLines(state: InspectorState): string[] {
  const waiting = state.processes.filter((process) => process.link === 'asked')
  const names = waiting.map((process) => process.name).join(', ')
  const since = Math.min(...waiting.map((process) => process.since), state.now)
  return [`Loading ${state.view}`, `asking ${names || 'again'} for ${age(state.now - since)}`]
}

export function lostLine(process: ProcessState, now: number): string {
  const nodes = process.nodes.join(' ')
  const name = nodes === process.name || nodes === '' ? process.name : `${process.name} (${nodes})`
  return `${name} unreachable for ${age(now - process.since)}: ${process.why}`
}

/** Draws lines in the middle of the area; the first one bold. */
export function drawMiddle(cells: Cells, area: Area, lines: readonly string[]): void {
  const wrapped = lines.flatMap((line) => wrap(line, Math.max(10, area.width - 4)))
  const top = area.y + Math.max(0, Math.floor((area.height - wrapped.length) / 2) - 1)
  for (const [i, line] of wrapped.entries()) {
    const x = area.x + Math.max(0, Math.floor((area.width - line.length) / 2))
    cells.text(x, top + i, line, i === 0 ? STYLE.bold : STYLE.dim, area.width)
  }
}

/** A frame that says of each process why and since when; returns the lines that it took. */
export function drawUnreachable(cells: Cells, area: Area, state: InspectorState): number {
  const inner = area.width - 4
  const lines = unreachable(state).flatMap((process) => [
    ...wrap(lostLine(process, state.now), inner),
    `  ${process.url}`,
  ])
  const most = Math.max(1, area.height - 3)
  const shown = lines.slice(0, most)
  const height = shown.length + 3
  const box = cells.box({ ...area, height }, 'Unreachable: no process answers', STYLE.red)
  for (const [i, line] of shown.entries()) {
    cells.text(box.x + 1, box.y + i, line, line.startsWith('  ') ? STYLE.dim : STYLE.red, inner)
  }
  const known = state.processes.some((process) => process.heard[state.view])
  const hint = known ? 'Below: what was known last. Trying again.' : 'Trying again.'
  cells.text(box.x + 1, box.y + shown.length, hint, STYLE.dim, inner)
  return height
}
