// Everything about the selected row. Of an actor: where it stands in the supervision tree, what it
// does, what went wrong, and the messages that a trace caught.

import type { ActorView } from '../snapshot.ts'
import type { InspectorState, Tap } from '../state/model.ts'
import { ACTOR_TABLE, stateStyle } from '../tables/actor-table.ts'
import { type Column, gather } from '../tables/view-table.ts'
import type { Area, Cells } from '../terminal/cells.ts'
import { STYLE } from '../terminal/style.ts'
import { drawChart } from './chart.ts'
import { age, clock, count, millis, rate } from './figures.ts'
import { tapLines } from './tap-lines.ts'
import { wrap } from './wrap.ts'

/** The actor, its supervisor, and so on up, as far as rows are known; bounded against loops. */
export function supervisionPath(state: InspectorState, actor: ActorView): string[] {
  const known = new Map(
    gather(ACTOR_TABLE, state.processes).map(({ id, value }) => [id, value.parent]),
  )
  const path = [actor.id]
  let parent = actor.parent
  while (parent !== undefined && path.length < 16 && !path.includes(parent)) {
    path.unshift(parent)
    parent = known.get(parent)
  }
  return path
}

class Pane {
  readonly #cells: Cells
  readonly #area: Area
  #y: number

  constructor(cells: Cells, area: Area) {
    this.#cells = cells
    this.#area = area
    this.#y = area.y
  }

  get left(): number {
    return this.#area.y + this.#area.height - this.#y
  }

  line(text: string, style: number = STYLE.plain): void {
    if (this.left <= 0) return
    this.#cells.text(this.#area.x, this.#y++, text, style, this.#area.width)
  }

  field(name: string, value: string, style: number = STYLE.plain): void {
    const width = this.#area.width - LABEL
    const lines = value === '' ? ['-'] : wrap(value, width)
    for (const [i, line] of lines.slice(0, 6).entries()) {
      if (this.left <= 0) return
      if (i === 0) this.#cells.text(this.#area.x, this.#y, name, STYLE.dim, LABEL - 1)
      this.#cells.text(this.#area.x + LABEL, this.#y++, line, style, width)
    }
  }

  chart(name: string, values: readonly number[]): void {
    if (this.left < 4 || values.length < 2) return
    const area = { ...this.#area, x: this.#area.x + LABEL, y: this.#y, height: 2 }
    const top = drawChart(this.#cells, { ...area, width: area.width - LABEL }, values)
    this.#cells.text(this.#area.x, this.#y, name, STYLE.dim, LABEL - 1)
    this.#cells.text(this.#area.x, this.#y + 1, `0-${count(top)}`, STYLE.dim, LABEL - 1)
    this.#y += 2
  }
}

const LABEL = 14

/** `values` are the columns of the row's own table; undefined when nothing is selected. */
export function drawDetail<Value>(
  cells: Cells,
  area: Area,
  state: InspectorState,
  columns: readonly Column<Value>[],
  value: Value | undefined,
): void {
  cells.fill(area)
  const id = state.panes[state.view].selected
  const inside = cells.box(area, id === undefined ? 'Detail' : `Detail ${id}`)
  const pane = new Pane(cells, { ...inside, x: inside.x + 1, width: inside.width - 2 })
  if (state.view === 'actors') {
    const { watched } = state
    if (watched && watched.id === id) drawActor(pane, state, watched.last)
    else pane.line(id === undefined ? 'j and k select an actor' : 'Loading', STYLE.dim)
  } else if (value === undefined) {
    pane.line('j and k select a row', STYLE.dim)
  } else {
    for (const column of columns) {
      pane.field(column.title.toLowerCase(), column.text(value), column.style?.(value))
    }
  }
}

function drawActor(pane: Pane, state: InspectorState, actor: ActorView): void {
  const { tap, watched } = state
  const bad = (wrong: boolean) => (wrong ? STYLE.red : STYLE.plain)
  const gone = state.processes
    .flatMap((process) => process.heard.actors?.gone ?? [])
    .findLast((stopped) => stopped.id === actor.id && stopped.at >= (watched?.at ?? 0))
  if (gone) pane.field('gone', `${clock(gone.at)} ${gone.why}`, STYLE.red)
  pane.field('state', actor.state, stateStyle(actor.state))
  pane.field('host', actor.host)
  pane.field('path', supervisionPath(state, actor).join(' > '))
  pane.field('supervisor', `${actor.strategy}, ${actor.restart}`)
  const oldest = actor.oldestMs > 0 ? `, oldest ${age(actor.oldestMs)}` : ''
  pane.field('mailbox', `${count(actor.depth)} now, ${count(actor.highWater)} at most${oldest}`)
  pane.field('handled', `${count(actor.handled)}, ${rate(actor.perSecond)} a second`)
  const times = [actor.p50Us, actor.p99Us].map((us) =>
    us === undefined ? 'not timed' : `${millis(us / 1000)} ms`,
  )
  pane.field('handling', `p50 ${times[0]}, p99 ${times[1]}`)
  pane.field('dead letters', count(actor.deadLetters), bad(actor.deadLetters > 0))
  pane.field('restarts', count(actor.restarts), bad(actor.restarts > 0))
  for (const { at, why } of watched?.restarts.slice(-3) ?? []) {
    pane.field('', `${clock(at)} ${why || 'restarted'}`, STYLE.red)
  }
  pane.field('last error', actor.lastError, actor.lastError === '' ? STYLE.plain : STYLE.red)
  const mine = tap?.target.id === actor.id
  if (!mine || pane.left > 24) {
    pane.chart('mailbox', watched?.depths ?? [])
    pane.chart('msg/s', watched?.rates ?? [])
  }
  if (mine) drawTap(pane, state, tap)
}

function drawTap(pane: Pane, state: InspectorState, tap: Tap): void {
  pane.line('')
  for (const [i, line] of tapLines(tap, state.now, pane.left).entries()) {
    pane.line(line, i === 0 ? STYLE.bold : STYLE.plain)
  }
}
