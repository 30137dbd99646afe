// The pages made from code are the ones that the code makes now.

import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { generatedPages } from '../scripts/generate-docs.ts'
import { limitsPage } from '../scripts/limits-page.ts'
import { readReports } from '../scripts/reports-page.ts'

for (const { path, text } of await generatedPages('.')) {
  test(`${path} is current (npm run docs writes it)`, () => {
    assert.is(readFileSync(path, 'utf8'), text)
  })
}

function markdownOf(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
}

test('every report that a page names is kept, and every one that is kept is quoted', () => {
  const kept = readReports('docs/reports').map(({ id }) => id)
  const pages = markdownOf('docs/spec')
  const named = pages.flatMap((page) => page.match(/(?<=reports\/)[0-9a-f]{16}(?=\.json)/g) ?? [])
  assert.equal([...new Set(named)].sort(), kept.sort())
})

test('a limits page groups, explains and counts in words', () => {
  const source = [
    '// Head.',
    '',
    '/** Frames. */',
    'export const FRAME_BYTES_MAX = 2048',
    '/** How long. */',
    'export const WAIT_MS = 5000',
    '',
  ].join('\n')
  const page = limitsPage(source, { FRAME_BYTES_MAX: 2048, WAIT_MS: 5000 })
  assert.ok(page.includes('## Frames\n'))
  assert.ok(page.includes('| `FRAME_BYTES_MAX` | 2048 (2 KiB) |  |'))
  assert.ok(page.includes('| `WAIT_MS` | 5000 (5 s) | How long. |'))
})

test.run()
