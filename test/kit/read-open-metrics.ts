// A strict reader of OpenMetrics 1.0 text, written from the specification's grammar and its rules
// on families, suffixes, units and histograms. Throws at the first thing that a scraper may refuse.

export interface ReadSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface ReadFamily {
  readonly name: string
  type: string
  unit: string
  help: string
  readonly samples: ReadSample[]
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/
const NUMBER = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?[Ii]nf(?:inity)?|[Nn]a[Nn])$/
const TYPES = ['counter', 'gauge', 'histogram', 'info', 'summary', 'stateset', 'unknown']
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  info: ['_info'],
  histogram: ['_bucket', '_count', '_sum', '_created'],
}

function fail(line: string, why: string): never {
  throw new Error(`OpenMetrics: ${why}: ${line.slice(0, 120)}`)
}

function readNumber(text: string, line: string): number {
  if (!NUMBER.test(text)) fail(line, `"${text}" is no number`)
  const plain = text.replace(/inf(?:inity)?/i, 'Infinity').replace(/nan/i, 'NaN')
  return Number(plain)
}

/** `{name="value",…}` from its start; returns the labels and what follows them. */
function readLabels(text: string, line: string): [Record<string, string>, string] {
  const labels: Record<string, string> = {}
  let at = 1
  while (text[at] !== '}') {
    const equals = text.indexOf('="', at)
    if (equals < 0) fail(line, 'a label without a value')
    const name = text.slice(at, equals)
    if (!LABEL.test(name)) fail(line, `"${name}" is no label name`)
    if (name in labels) fail(line, `label ${name} twice`)
    let value = ''
    at = equals + 2
    for (; text[at] !== '"'; at++) {
      if (at >= text.length) fail(line, 'a label value without its end')
      if (text[at] !== '\\') value += text[at]
      else {
        const next = text[++at]
        if (next !== 'n' && next !== '"' && next !== '\\') fail(line, 'an unknown escape')
        value += next === 'n' ? '\n' : next
      }
    }
    labels[name] = value
    at++
    if (text[at] === ',') at++
    else if (text[at] !== '}') fail(line, 'labels not separated by commas')
  }
  return [labels, text.slice(at + 1)]
}

function readSample(line: string): ReadSample {
  const end = line.search(/[{ ]/)
  if (end < 0) fail(line, 'a sample without a value')
  const name = line.slice(0, end)
  if (!NAME.test(name)) fail(line, `"${name}" is no metric name`)
  const rest = line.slice(end)
  const [labels, after] = rest.startsWith('{') ? readLabels(rest, line) : [{}, rest]
  const match = /^ (\S+)(?: (\S+))?$/.exec(after)
  if (!match) fail(line, 'expected one space and a value')
  if (match[2] !== undefined) readNumber(match[2], line)
  return { name, labels, value: readNumber(match[1] as string, line) }
}

function setOf(sample: ReadSample): string {
  const { le: _, ...rest } = sample.labels
  return JSON.stringify(Object.entries(rest).sort())
}

function checkHistogram(family: ReadFamily): void {
  const groups = new Map<string, ReadSample[]>()
  for (const sample of family.samples) {
    groups.set(setOf(sample), [...(groups.get(setOf(sample)) ?? []), sample])
  }
  for (const samples of groups.values()) {
    const buckets = samples.filter(({ name }) => name.endsWith('_bucket'))
    let last = Number.NEGATIVE_INFINITY
    let count = 0
    for (const { labels, value } of buckets) {
      const le = readNumber(labels.le ?? '', JSON.stringify(labels))
      if (!(le > last)) fail(family.name, 'buckets are not in the order of le')
      if (value < count) fail(family.name, 'buckets do not add up')
      last = le
      count = value
    }
    if (last !== Number.POSITIVE_INFINITY) fail(family.name, 'no +Inf bucket')
    const total = samples.find(({ name }) => name.endsWith('_count'))
    if (total?.value !== count) fail(family.name, '_count differs from the +Inf bucket')
    if (!samples.some(({ name }) => name.endsWith('_sum'))) fail(family.name, 'no _sum')
  }
}

function checkFamily(family: ReadFamily): void {
  const { name, type, unit } = family
  if (unit && !name.endsWith(`_${unit}`)) fail(name, `the name does not end with _${unit}`)
  if (type === 'info' && unit) fail(name, 'an info has no unit')
  const seen = new Set<string>()
  for (const sample of family.samples) {
    const known = SUFFIXES[type]?.some((suffix) => sample.name === name + suffix)
    if (!known) fail(sample.name, `not a sample of the ${type} ${name}`)
    const id = sample.name + JSON.stringify(Object.entries(sample.labels).sort())
    if (seen.has(id)) fail(id, 'a series twice')
    seen.add(id)
    const counts = type === 'counter' || type === 'histogram'
    if (counts && !(sample.value >= 0)) fail(id, 'a count that is negative or NaN')
    if (type === 'info' && sample.value !== 1) fail(id, 'an info is not 1')
  }
  if (type === 'histogram') checkHistogram(family)
}

/** Metadata opens a family; its samples follow without those of another in between. */
export function readOpenMetrics(text: string): Map<string, ReadFamily> {
  if (!text.endsWith('# EOF\n')) fail(text.slice(-20), 'no # EOF at the end')
  const families = new Map<string, ReadFamily>()
  let now: ReadFamily | undefined
  const open = (name: string, line: string): ReadFamily => {
    if (now?.name === name) return now
    if (!NAME.test(name)) fail(line, `"${name}" is no family name`)
    if (families.has(name)) fail(line, 'a family in two pieces')
    now = { name, type: 'unknown', unit: '', help: '', samples: [] }
    families.set(name, now)
    return now
  }
  const lines = text.slice(0, -'# EOF\n'.length).split('\n')
  if (lines.pop() !== '') fail(text.slice(-40), 'a line without its end')
  for (const line of lines) {
    const meta = /^# (TYPE|UNIT|HELP) (\S+) (.*)$/.exec(line)
    if (meta) {
      const [, what, name, value] = meta as unknown as [string, string, string, string]
      const family = open(name, line)
      if (family.samples.length > 0) fail(line, 'metadata after samples')
      if (what === 'TYPE' && !TYPES.includes(value)) fail(line, 'an unknown type')
      const field = what.toLowerCase() as 'type' | 'unit' | 'help'
      if (family[field] !== '' && family[field] !== 'unknown') fail(line, `${what} twice`)
      family[field] = value
    } else {
      const sample = readSample(line)
      if (!now || !sample.name.startsWith(now.name)) fail(line, 'a sample outside its family')
      now.samples.push(sample)
    }
  }
  for (const family of families.values()) checkFamily(family)
  return families
}
