// Every test that docs/runtime-semantics.md names is there, under that name, in that file.

import { existsSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { hasTest, namedTests, rowsWithoutTest, testTitles } from '../scripts/named-tests.ts'

const PAGE = 'docs/runtime-semantics.md'
const page = readFileSync(PAGE, 'utf8')

test('every complaint has its test, and each of them exists', () => {
  assert.equal(rowsWithoutTest(page, 'complaint'), [])
  const named = namedTests(page)
  assert.ok(named.length >= 20, `only ${named.length} tests are named`)
  const missing = named.filter(
    ({ file, title }) => !existsSync(file) || !hasTest(readFileSync(file, 'utf8'), title),
  )
  assert.equal(
    missing.map(({ line, file, title }) => `${PAGE}:${line} ${file}: ${title}`),
    [],
  )
})

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
