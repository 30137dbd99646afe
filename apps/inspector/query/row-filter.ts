// The filter that an inspector's user types, as a test of rows: server and screen read it alike.
// Words are separated by blanks and all must match: a bare word or glob, field:glob, number>100.

export interface FilterFields<Row> {
  /** The texts that a word without a field is looked for in: one that fits is enough. */
  readonly bare: (row: Row) => readonly string[]
  readonly texts: Readonly<Record<string, (row: Row) => string>>
  readonly numbers: Readonly<Record<string, (row: Row) => number | undefined>>
}

export type RowFilter<Row> =
  | { readonly ok: true; readonly matches: (row: Row) => boolean }
  | { readonly ok: false; readonly problem: string }

/** A filter's text is typed by a person; more is a mistake. */
export const FILTER_CHARS_MAX = 200

const COMPARES: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '=': (a, b) => a === b,
}

/** `*` stands for anything, `?` for one character; without either the text is looked for within. */
export function globTest(glob: string): (text: string) => boolean {
  const wanted = glob.toLowerCase()
  if (!/[*?]/.test(wanted)) return (text) => text.toLowerCase().includes(wanted)
  return (text) => globMatches(wanted, text.toLowerCase())
}

/** Linear in practice: on a mismatch only the last star is tried again, as no other can help. */
function globMatches(glob: string, text: string): boolean {
  let g = 0
  let t = 0
  let star = -1
  let from = 0
  while (t < text.length) {
    if (glob[g] === '*') {
      star = g++
      from = t
    } else if (g < glob.length && (glob[g] === '?' || glob[g] === text[t])) {
      g++
      t++
    } else if (star >= 0) {
      g = star + 1
      t = ++from
    } else return false
  }
  while (glob[g] === '*') g++
  return g === glob.length
}

export function rowFilter<Row>(text: string, fields: FilterFields<Row>): RowFilter<Row> {
  if (text.length > FILTER_CHARS_MAX) return { ok: false, problem: 'the filter is too long' }
  const tests: ((row: Row) => boolean)[] = []
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const made = wordTest(word, fields)
    if (typeof made === 'string') return { ok: false, problem: made }
    tests.push(made)
  }
  return { ok: true, matches: (row) => tests.every((test) => test(row)) }
}

function wordTest<Row>(word: string, fields: FilterFields<Row>): ((row: Row) => boolean) | string {
  const compared = /^([a-z0-9]+)(>=|<=|>|<|=)(.*)$/i.exec(word)
  if (compared) {
    const [, name, sign, figure] = compared as unknown as [string, string, string, string]
    const read = fields.numbers[name.toLowerCase()]
    if (!read) return `no number is called ${name}: ${Object.keys(fields.numbers).join(', ')}`
    const compare = COMPARES[sign] as (a: number, b: number) => boolean
    if (figure === '' || !Number.isFinite(Number(figure))) return `${name}${sign} wants a number`
    return (row) => {
      const value = read(row)
      return value !== undefined && compare(value, Number(figure))
    }
  }
  const named = /^([a-z]+):(.*)$/i.exec(word)
  if (named) {
    const [, name, glob] = named as unknown as [string, string, string]
    const read = fields.texts[name.toLowerCase()]
    if (!read) return `no field is called ${name}: ${Object.keys(fields.texts).join(', ')}`
    const test = globTest(glob)
    return (row) => test(read(row))
  }
  const test = globTest(word)
  return (row) => fields.bare(row).some(test)
}
