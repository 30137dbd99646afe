// Every test that docs/runtime-semantics.md and docs/threat-model.md name is there, under that
// name, in that file.

import { existsSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hasTest, namedTests, rowsWithoutTest, testTitles } from '../scripts/named-tests.ts'

/** Pages that promise, with the first cell of each table's head, and how many tests they name. */
const PAGES = [
  { page: 'docs/runtime-semantics.md', head: 'complaint', least: 20 },
  { page: 'docs/threat-model.md', head: 'threat', least: 50 },
]

for (const { page, head, least } of PAGES) {
  test(`${page}: every ${head} has its test, and each of them exists`, () => {
    const text = readFileSync(page, 'utf8')
    assert.equal(rowsWithoutTest(text, head), [])
    const named = namedTests(text)
    assert.ok(named.length >= least, `only ${named.length} tests are named`)
    const missing = named.filter(
      ({ file, title }) => !existsSync(file) || !hasTest(sourceOf(file), title),
    )
    assert.equal(
      missing.map(({ line, file, title }) => `${page}:${line} ${file}: ${title}`),
      [],
    )
  })
}

/** The suites of test/conformance are run by the files that name them. */
function sourceOf(file: string): string {
  const source = readFileSync(file, 'utf8')
  const suites = [...source.matchAll(/from '(?:\.\.\/)+(conformance\/[\w./-]+\.ts)'/g)]
  return [source, ...suites.map(([, suite]) => readFileSync(`test/${suite}`, 'utf8'))].join('\n')
}

test('a row without a test and a test that is not there are found', () => {
  const text = [
    '| complaint | rule | test |',
    '|---|---|---|',
    '| a | b | `test/x.test.ts`: one · two |',
    '| c | d | none |',
    '',
    '| other | e |',
  ].join('\n')
  assert.equal(rowsWithoutTest(text, 'complaint'), ['c'])
  const two = `${text}\n\n| complaint | rule |\n|---|---|\n| late | none |\n`
  assert.equal(rowsWithoutTest(two, 'complaint'), ['c', 'late'], 'in every table of that head')
  assert.equal(
    namedTests(text).map(({ file, title }) => `${file} ${title}`),
    ['test/x.test.ts one', 'test/x.test.ts two'],
  )
  const source = "test('one', () => {})\n  test(`$" + '{name}: frames arrive`, async () => {})'
  assert.equal(testTitles(source), ['one', '$' + '{name}: frames arrive'])
  assert.equal(
    ['one', 'frames arrive', 'on', 'name'].map((title) => hasTest(source, title)),
    [true, true, false, false],
  )
})

test.run()
