// A trace as a waterfall: the tree of its steps on the left, when each ran on the right. Pure text,
// as wide as the terminal.

export interface WaterfallSpan {
  readonly name: string
  readonly actor: string
  readonly node: string
  readonly start_ms: number
  readonly ms: number
  readonly parent: string | null
  readonly span: string
}

interface Row {
  readonly depth: number
  readonly name: string
  readonly where: string
  readonly start: number
  readonly end: number
  /** Like steps in a row that are drawn as one. */
  readonly count: number
}

/** More like steps than this under one parent are drawn as one. */
const ALIKE_MAX = 3
const DEPTH_MAX = 40
const BAR_MIN = 10

function rowOf(depth: number, spans: readonly WaterfallSpan[]): Row {
  const [first] = spans as [WaterfallSpan]
  return {
    depth,
    name: first.name,
    where: `${first.actor}${first.actor.endsWith(`/${first.node}`) ? '' : ` @${first.node}`}`,
    start: Math.min(...spans.map((span) => span.start_ms)),
    end: Math.max(...spans.map((span) => span.start_ms + span.ms)),
    count: spans.length,
  }
}

/** Groups of like siblings, in the order of their first; steps that have steps below stay alone. */
function groupsOf(
  spans: readonly WaterfallSpan[],
  children: ReadonlyMap<string, readonly WaterfallSpan[]>,
): WaterfallSpan[][] {
  const groups: WaterfallSpan[][] = []
  const alike = new Map<string, WaterfallSpan[]>()
  for (const span of spans) {
    const key = `${span.name} ${span.actor} ${span.node}`
    const known = children.has(span.span) ? undefined : alike.get(key)
    if (known) known.push(span)
    else {
      const group = [span]
      if (!children.has(span.span)) alike.set(key, group)
      groups.push(group)
    }
  }
  return groups.flatMap((group) =>
    group.length > ALIKE_MAX ? [group] : group.map((span) => [span]),
  )
}

function rowsOf(spans: readonly WaterfallSpan[]): Row[] {
  const known = new Set(spans.map((span) => span.span))
  const children = new Map<string, WaterfallSpan[]>()
  const roots: WaterfallSpan[] = []
  for (const span of spans.toSorted((a, b) => a.start_ms - b.start_ms)) {
    const { parent } = span
    if (parent === null || !known.has(parent) || parent === span.span) roots.push(span)
    else children.set(parent, [...(children.get(parent) ?? []), span])
  }
  const rows: Row[] = []
  const visit = (level: readonly WaterfallSpan[], depth: number) => {
    for (const group of groupsOf(level, children)) {
      rows.push(rowOf(depth, group))
      const below = children.get((group[0] as WaterfallSpan).span)
      if (below && depth < DEPTH_MAX) visit(below, depth + 1)
    }
  }
  visit(roots, 0)
  return rows
}

function fit(text: string, width: number): string {
  if (text.length <= width) return text.padEnd(width)
  return width < 1 ? '' : `${text.slice(0, width - 1)}…`
}

function msText(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2)
}

function bar(row: Row, from: number, span: number, width: number): string {
  const scale = (at: number) => ((at - from) / span) * width
  const start = Math.min(width - 1, Math.floor(scale(row.start)))
  const end = Math.min(width, Math.max(start + 1, Math.round(scale(row.end))))
  // A step shorter than a column is a thin mark, so that it does not look as long as one.
  const isThin = scale(row.end) - scale(row.start) < 0.5
  return ' '.repeat(start) + (isThin ? '▏' : '█').repeat(end - start)
}

/** Lines of at most `columns`; the first one names the columns. Empty without spans. */
export function waterfall(spans: readonly WaterfallSpan[], columns: number): string[] {
  const rows = rowsOf(spans)
  if (rows.length === 0) return []
  const from = Math.min(...rows.map((row) => row.start))
  const to = Math.max(...rows.map((row) => row.end))
  const span = Math.max(to - from, 0.001)
  const label = (row: Row) => {
    const times = row.count > 1 ? ` ×${row.count}` : ''
    return `${'  '.repeat(row.depth)}${row.name}${times}`
  }
  const want = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length))
  const numbers = 18
  const room = Math.max(0, columns - numbers - BAR_MIN - 3)
  const nameWidth = Math.min(want(rows.map(label)), Math.max(12, Math.floor(room * 0.4)))
  const whereWidth = Math.min(
    want(rows.map((row) => row.where)),
    Math.max(0, Math.floor(room * 0.35)),
  )
  const barWidth = Math.max(BAR_MIN, columns - nameWidth - whereWidth - numbers - 3)
  const line = (name: string, where: string, start: string, ms: string, drawn: string) =>
    `${fit(name, nameWidth)} ${fit(where, whereWidth)} ${start.padStart(8)} ${ms.padStart(8)} ${drawn}`
      .slice(0, columns)
      .trimEnd()
  return [
    line('step', 'actor', 'at ms', 'ms', `0 to ${msText(span)} ms`),
    ...rows.map((row) =>
      line(
        label(row),
        row.where,
        msText(row.start - from),
        msText(row.end - row.start),
        bar(row, from, span, barWidth),
      ),
    ),
  ]
}
