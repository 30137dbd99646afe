// Draws the modes of several rules over the load that each of them saw, as one SVG. Numbers are
// rounded to whole pixels, so that the same run draws the same bytes everywhere.

import { MODE_NAMES } from '../../protocol/consensus/validator-set.ts'
import type { Trace } from './mode-chain.ts'

export interface Panel {
  readonly title: string
  readonly trace: Trace
}

const WIDTH = 900
const LEFT = 92
const RIGHT = 16
const TOP = 34
const MODES = 46
const LOADS = 44
const GAP = 38
const BOTTOM = 26
const LOAD_TOP = 1.1

const MODE_COLOURS = ['#2e7d4f', '#c98a1b', '#a33a3a'] as const

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
}

function text(x: number, y: number, what: string, rest = ''): string {
  return `<text x="${x}" y="${y}" ${rest}>${escaped(what)}</text>`
}

/** Steps: each epoch one stretch at the mode's height, in the mode's colour. */
function modeSteps(trace: Trace, epochs: number, x: (epoch: number) => number, top: number) {
  const y = (mode: number) => top + MODES - 6 - mode * 17
  const parts: string[] = []
  const joints: string[] = []
  for (let from = 0; from < epochs; ) {
    const mode = trace.modes[from] as 0 | 1 | 2
    let to = from + 1
    while (to < epochs && trace.modes[to] === mode) to++
    const width = Math.max(1, x(to) - x(from))
    const colour = MODE_COLOURS[mode]
    parts.push(
      `<rect x="${x(from)}" y="${y(mode) - 3}" width="${width}" height="6" fill="${colour}"/>`,
    )
    if (to < epochs) joints.push(`M${x(to)} ${y(mode)}V${y(trace.modes[to] as number)}`)
    from = to
  }
  const labels = MODE_NAMES.map((name, mode) =>
    text(LEFT - 8, y(mode) + 4, name, 'text-anchor="end"'),
  )
  const lines = joints.length > 0 ? [`<path d="${joints.join('')}" stroke="#999"/>`] : []
  return [...labels, ...lines, ...parts]
}

function loadLine(trace: Trace, epochs: number, x: (epoch: number) => number, top: number) {
  const y = (load: number) =>
    Math.round(top + LOADS - (Math.min(load, LOAD_TOP) / LOAD_TOP) * LOADS)
  const points = trace.loads
    .slice(0, epochs)
    .map((load, epoch) => `${x(epoch)},${y(load)} ${x(epoch + 1)},${y(load)}`)
    .join(' ')
  const edges = [0.3, 0.7].map((edge) => {
    const line = `M${LEFT} ${y(edge)}H${WIDTH - RIGHT}`
    const label = text(LEFT - 8, y(edge) + 4, `${edge * 100} %`, 'text-anchor="end" fill="#777"')
    return `<path d="${line}" stroke="#bbb" stroke-dasharray="3 3"/>${label}`
  })
  const frame = `<path d="M${LEFT} ${top + LOADS}H${WIDTH - RIGHT}" stroke="#ddd"/>`
  return [...edges, frame, `<polyline points="${points}" stroke="#345a8a" fill="none"/>`]
}

export function modePlot(title: string, panels: readonly Panel[], epochs: number): string {
  const height = TOP + panels.length * (MODES + LOADS + GAP) + BOTTOM - 14
  const x = (epoch: number) => LEFT + Math.round((epoch / epochs) * (WIDTH - LEFT - RIGHT))
  const parts = [text(LEFT, 20, title, 'font-size="14" font-weight="bold"')]
  for (const [i, panel] of panels.entries()) {
    const top = TOP + i * (MODES + LOADS + GAP)
    parts.push(text(LEFT, top + 10, panel.title, 'font-weight="bold" fill="#444"'))
    parts.push(...modeSteps(panel.trace, epochs, x, top + 16))
    parts.push(...loadLine(panel.trace, epochs, x, top + 16 + MODES))
  }
  for (let i = 0; i <= 4; i++) {
    const epoch = (epochs * i) / 4
    const anchor = i === 4 ? 'end' : i === 0 ? 'start' : 'middle'
    const label = i === 4 ? `epoch ${epoch}` : `${epoch}`
    parts.push(text(x(epoch), height - 8, label, `text-anchor="${anchor}" fill="#777"`))
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" ` +
      `viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">`,
    `<title>${escaped(title)}: the modes of each rule over its load</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}
