// Metrics as OpenMetrics 1.0 text (https://prometheus.io/docs/specs/om/open_metrics_spec/). Each
// family is written in one piece with its type, unit and help, as the format demands.

export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

export type Labels = Readonly<Record<string, string>>

export interface Sample {
  readonly labels: Labels
  readonly value: number
}

/** Observations at or under each bound, not summed up; what is over the last one only counts. */
export interface HistogramSample {
  readonly labels: Labels
  /** Ascending. */
  readonly bounds: readonly number[]
  /** One more than bounds: the last one is for what lies above. */
  readonly counts: readonly number[]
  readonly sum: number
}

interface FamilyHead {
  /** Without `_total`; ends with `_<unit>` if it has one. */
  readonly name: string
  readonly help: string
  readonly unit?: 'seconds' | 'bytes'
}

export type Family =
  | (FamilyHead & {
      readonly type: 'counter' | 'gauge' | 'info'
      readonly samples: readonly Sample[]
    })
  | (FamilyHead & { readonly type: 'histogram'; readonly samples: readonly HistogramSample[] })

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return String(value)
}

/** Bounds are floats in their canonical form: 1 is written 1.0. */
function boundText(value: number): string {
  const text = numberText(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

function histogramLines(name: string, sample: HistogramSample): string[] {
  const lines: string[] = []
  let total = 0
  const bucket = (le: string, count: number) => {
    total += count
    lines.push(`${name}_bucket${labelText({ ...sample.labels, le })} ${total}`)
  }
  for (const [i, bound] of sample.bounds.entries()) bucket(boundText(bound), sample.counts[i] ?? 0)
  bucket('+Inf', sample.counts[sample.bounds.length] ?? 0)
  const labels = labelText(sample.labels)
  lines.push(`${name}_count${labels} ${total}`, `${name}_sum${labels} ${numberText(sample.sum)}`)
  return lines
}

const SUFFIX = { counter: '_total', gauge: '', info: '_info' } as const

function familyLines(family: Family): string[] {
  const { name, help, unit } = family
  const head = [
    `# TYPE ${name} ${family.type}`,
    ...(unit ? [`# UNIT ${name} ${unit}`] : []),
    `# HELP ${name} ${escaped(help)}`,
  ]
  if (family.type === 'histogram') {
    return [...head, ...family.samples.flatMap((sample) => histogramLines(name, sample))]
  }
  const suffix = SUFFIX[family.type]
  const lines = family.samples.map(
    ({ labels, value }) => `${name}${suffix}${labelText(labels)} ${numberText(value)}`,
  )
  return [...head, ...lines]
}

export function openMetrics(families: readonly Family[]): string {
  return [...families.flatMap(familyLines), '# EOF', ''].join('\n')
}
