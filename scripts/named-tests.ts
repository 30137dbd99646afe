// Reads the tables of pages that name tests, and says which of them are not
// there: a promise without its test is no promise.

export interface NamedTest {
  readonly line: number
  readonly file: string
  readonly title: string
}

const CELL = /`(test\/[\w./-]+\.ts)`: ([^`|]+)/g

/** Tests named in table rows as `file`: title · title · `file`: title. */
export function namedTests(page: string): NamedTest[] {
  return page.split('\n').flatMap((text, i) => {
    if (!text.startsWith('|')) return []
    return [...text.matchAll(CELL)].flatMap(([, file = '', titles = '']) =>
      titles
        .split('·')
        .map((title) => title.trim())
        .filter((title) => title !== '')
        .map((title) => ({ line: i + 1, file, title })),
    )
  })
}

/** Rows of all tables whose head starts with `first` that name no test, by their first cell. */
export function rowsWithoutTest(page: string, first: string): string[] {
  const lines = page.split('\n')
  const rows: string[] = []
  let tables = 0
  for (const [start, line] of lines.entries()) {
    if (!line.startsWith(`| ${first} |`)) continue
    tables++
    const end = lines.findIndex((one, i) => i > start && !one.startsWith('|'))
    rows.push(...lines.slice(start + 2, end < 0 ? undefined : end))
  }
  if (tables === 0) return [`there is no table "${first}"`]
  return rows
    .filter((line) => namedTests(line).length === 0)
    .map((line) => (line.split('|')[1] ?? '').trim())
}

/** The titles of the tests in a source; parts that are filled in at run time stay as they are. */
export function testTitles(source: string): string[] {
  const calls = source.matchAll(/\btest\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g)
  return [...calls].map(([, , title = '']) => title.replace(/\\(.)/g, '$1'))
}

/** True when a test of that title is there; of a filled-in title, the fixed part that ends it. */
export function hasTest(source: string, title: string): boolean {
  return testTitles(source).some(
    (one) =>
      one === title || (one.includes('}') && one.slice(one.lastIndexOf('}')).includes(title)),
  )
}
