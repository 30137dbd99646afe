// The two lines on top: what matters about the cluster, dropped by priority when the screen is
// narrow, and the tabs.

import { type InspectorState, VIEWS } from '../state/model.ts'
import { type Cells, lengthOf } from '../terminal/cells.ts'
import { STYLE } from '../terminal/style.ts'
import { millis } from './figures.ts'
import { unreachable } from './layout.ts'

export interface HeaderField {
  readonly text: string
  /** The greatest goes first when there is no room. */
  readonly priority: number
  readonly style: number
}

export interface ChainFacts {
  readonly height: number | undefined
  readonly mode: string | undefined
  readonly finalityMs: number | undefined
}

export function chainFacts({ processes }: InspectorState): ChainFacts {
  const views = processes.flatMap((process) => process.heard.chain ?? [])
  const validators = views.flatMap((view) => view.validators)
  const modes = [...new Set(validators.map((validator) => validator.mode))]
  const finality = views.flatMap((view) => view.finalityMs.p50 ?? []).sort((a, b) => a - b)
  return {
    height: validators.length ? Math.max(...validators.map((v) => v.height)) : undefined,
    mode: modes.length > 1 ? modes.sort().join('/') : modes[0],
    finalityMs: finality[finality.length >> 1],
  }
}

export function headerFields(state: InspectorState): { left: HeaderField[]; right: HeaderField[] } {
  const { height, mode, finalityMs } = chainFacts(state)
  const field = (priority: number, text: string, style: number = STYLE.plain) => ({
    text,
    priority,
    style,
  })
  const left = [field(6, 'AITBC inspector', STYLE.bold), field(5, state.cluster)]
  if (height !== undefined) left.push(field(1, `height ${height}`))
  if (mode !== undefined) left.push(field(3, `mode ${mode}`))
  if (finalityMs !== undefined) left.push(field(4, `finality ${millis(finalityMs)} ms`))
  const right = []
  if (state.frozen) right.push(field(0, 'FROZEN', STYLE.yellow | STYLE.reverse))
  right.push(field(7, state.admin ? 'admin' : 'read-only', state.admin ? STYLE.red : STYLE.dim))
  right.push(field(2, `${state.hz} Hz`))
  const nodes = state.processes.reduce((sum, process) => sum + process.nodes.length, 0)
  const lost = unreachable(state).reduce((sum, process) => sum + process.nodes.length, 0)
  const asked = state.processes.filter((process) => process.link === 'asked')
  const up = nodes - lost - asked.reduce((sum, process) => sum + process.nodes.length, 0)
  const style = up === nodes ? STYLE.green : lost > 0 ? STYLE.red | STYLE.bold : STYLE.yellow
  right.push(field(0, `${up}/${nodes} nodes up`, style))
  return { left, right }
}

const GAP = 3

export function drawHeader(cells: Cells, state: InspectorState): void {
  const { left, right } = headerFields(state)
  const fields = [...left, ...right]
  const needed = () => fields.reduce((sum, field) => sum + lengthOf(field.text) + GAP, 2 - GAP)
  while (fields.length > 1 && needed() > cells.width) {
    const worst = fields.reduce((a, b) => (b.priority > a.priority ? b : a))
    fields.splice(fields.indexOf(worst), 1)
  }
  let x = 1
  for (const field of fields.filter((kept) => left.includes(kept))) {
    x = cells.text(x, 0, field.text, field.style) + GAP
  }
  let end = cells.width - 1
  for (const field of fields.filter((kept) => right.includes(kept)).reverse()) {
    cells.textRight(end, 0, field.text, field.style)
    end -= lengthOf(field.text) + GAP
  }
  drawTabs(cells, state)
}

function drawTabs(cells: Cells, state: InspectorState): void {
  let x = 1
  for (const [i, view] of VIEWS.entries()) {
    const label = ` ${i + 1} ${view[0]?.toUpperCase()}${view.slice(1)} `
    const style = view === state.view ? STYLE.reverse | STYLE.bold : STYLE.plain
    x = cells.text(x, 1, label, style) + 1
  }
}
