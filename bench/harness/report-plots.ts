// Plots as inline SVG: lines over numbers, with axes from zero. Colours come from the report's
// style, so that they follow light and dark.

export interface Series {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
}

export interface PlotText {
  readonly title: string
  readonly x: string
  readonly y: string
}

const WIDTH = 640
const HEIGHT = 300
const LEFT = 64
const RIGHT = 16
const TOP = 34
const BOTTOM = 44
const TICKS = 5

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
}

/** 1, 2 or 5 times a power of ten, so that about five steps reach `max`. */
function tickStep(max: number): number {
  const raw = max / TICKS
  const power = 10 ** Math.floor(Math.log10(raw))
  const factor = [1, 2, 5, 10].find((one) => one * power >= raw) ?? 10
  return factor * power
}

function label(value: number): string {
  return value >= 1000 ? `${Math.round(value / 100) / 10}k` : `${Math.round(value * 100) / 100}`
}

export function linePlot({ title, x, y }: PlotText, series: readonly Series[]): string {
  const all = series.flatMap(({ points }) => points).filter((p) => p.every(Number.isFinite))
  if (all.length === 0) return ''
  const xMax = Math.max(...all.map(([at]) => at)) || 1
  const yMax = Math.max(...all.map(([, value]) => value)) || 1
  const px = (at: number) => LEFT + (at / xMax) * (WIDTH - LEFT - RIGHT)
  const py = (value: number) => HEIGHT - BOTTOM - (value / yMax) * (HEIGHT - TOP - BOTTOM)
  const parts: string[] = []
  for (let value = 0; value <= yMax; value += tickStep(yMax)) {
    const at = py(value).toFixed(1)
    parts.push(`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>`)
    parts.push(`<text x="${LEFT - 6}" y="${at}" dy="4" text-anchor="end">${label(value)}</text>`)
  }
  for (let at = 0; at <= xMax; at += tickStep(xMax)) {
    const text = `<text x="${px(at).toFixed(1)}" y="${HEIGHT - BOTTOM + 16}"`
    parts.push(`${text} text-anchor="middle">${label(at)}</text>`)
  }
  for (const [i, { name, points }] of series.entries()) {
    const fit = points.filter((point) => point.every(Number.isFinite))
    const path = fit.map(([at, value]) => `${px(at).toFixed(1)},${py(value).toFixed(1)}`)
    parts.push(`<polyline class="s${i % 6}" points="${path.join(' ')}"/>`)
    if (fit.length <= 40) {
      for (const point of path) {
        const [cx, cy] = point.split(',')
        parts.push(`<circle class="s${i % 6}" cx="${cx}" cy="${cy}" r="3"/>`)
      }
    }
    const at = LEFT + 8 + i * 140
    parts.push(`<text class="t${i % 6}" x="${at}" y="${TOP - 6}">${escapeHtml(name)}</text>`)
  }
  const middle = (LEFT + WIDTH - RIGHT) / 2
  const name = escapeHtml(title)
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img"><title>${name}</title>
<text class="title" x="${LEFT}" y="14">${name} (${escapeHtml(y)})</text>${parts.join('')}
<text x="${middle}" y="${HEIGHT - 8}" text-anchor="middle">${escapeHtml(x)}</text></svg></figure>`
}

export interface Bar {
  readonly name: string
  readonly parts: readonly { readonly name: string; readonly value: number }[]
}

/** Stacked bars that lie. */
export function barPlot(title: string, unit: string, bars: readonly Bar[]): string {
  const sums = bars.map(({ parts }) => parts.reduce((sum, { value }) => sum + value, 0))
  const max = Math.max(0, ...sums)
  if (!(max > 0)) return ''
  const names = [...new Set(bars.flatMap(({ parts }) => parts.map(({ name }) => name)))]
  const height = TOP + bars.length * 26 + 16
  const left = 210
  const parts: string[] = []
  for (const [i, bar] of bars.entries()) {
    const y = TOP + 8 + i * 26
    parts.push(`<text x="${left - 6}" y="${y + 13}" text-anchor="end">`)
    parts.push(`${escapeHtml(bar.name.slice(-32))}</text>`)
    let at = left
    for (const { name, value } of bar.parts) {
      const width = (value / max) * (WIDTH - left - 60)
      const tone = `b${names.indexOf(name) % 6}`
      parts.push(`<rect class="${tone}" x="${at.toFixed(1)}" y="${y}"`)
      parts.push(` width="${width.toFixed(1)}" height="18"><title>${escapeHtml(name)}: `)
      parts.push(`${label(value)} ${unit}</title></rect>`)
      at += width
    }
    parts.push(`<text x="${(at + 4).toFixed(1)}" y="${y + 13}">${label(sums[i] as number)}</text>`)
  }
  const legend = names.map((name, i) => {
    return `<text class="t${i % 6}" x="${left + i * 100}" y="${TOP - 4}">${escapeHtml(name)}</text>`
  })
  return `<figure><svg viewBox="0 0 ${WIDTH} ${height}" role="img"><text class="title" x="8" y="14">
${escapeHtml(title)} (${escapeHtml(unit)})</text>${legend.join('')}${parts.join('')}</svg></figure>`
}
