// Stacks of compiled files name the lines of their sources, also in threads, and what has no map
// stays as it is.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transformSync } from 'esbuild'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { packageRoot } from '../../lib/package-root.ts'

const folder = mkdtempSync(join(tmpdir(), 'aitbc-stacks-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

const PRELOAD = pathToFileURL(join(packageRoot(), 'lib', 'mapped-stacks.mjs')).href
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')

/** Compiles the text as `name`.js with its map beside it. */
function compiled(name: string, text: string): string {
  const sourcefile = `${name}.ts`
  const { code, map } = transformSync(text, { loader: 'ts', sourcemap: 'external', sourcefile })
  const file = join(folder, `${name}.js`)
  writeFileSync(file, code)
  writeFileSync(`${file}.map`, map)
  return file
}

function stderrOf(file: string): string {
  return spawnSync(process.execPath, ['--import', PRELOAD, file], { encoding: 'utf8' }).stderr
}

const THROWS = `
interface Gone {
  readonly away: true
}

export function fails(why: string): never {
  throw new TypeError(why)
}
`

test('an error that ends the process names the lines of the sources', () => {
  compiled('throws', THROWS)
  const main = compiled('main', `type No = 1\n\nimport { fails } from './throws.js'\nfails('so')\n`)
  const lines = stderrOf(main).split('\n')
  const at = lines.indexOf('TypeError: so')
  assert.ok(at > 0, lines.join('\n'))
  assert.is(lines[at + 1], `    at fails (${join(folder, 'throws.ts')}:7:9)`)
  assert.is(lines[at + 2], `    at ${join(folder, 'main.ts')}:4:1`)
})

test('so does one in a thread', () => {
  compiled('throws', THROWS)
  const thread = compiled(
    'thread',
    `type No = 1\nimport { fails } from './throws.js'\nfails('t')\n`,
  )
  const main = compiled(
    'starts',
    `import { Worker } from 'node:worker_threads'
    const worker = new Worker(new URL(${JSON.stringify(pathToFileURL(thread).href)}))
    worker.on('error', (error) => console.error(error.stack))`,
  )
  assert.match(stderrOf(main), `at fails (${join(folder, 'throws.ts')}:7:9)`)
})

test('a file without a map, and one whose map is broken, keep their own lines', () => {
  const bare = join(folder, 'bare.js')
  const url = pathToFileURL(bare).href
  writeFileSync(bare, `\nthrow new Error('bare')\n`)
  assert.match(stderrOf(bare), `${url}:2:7`)
  writeFileSync(`${bare}.map`, '{')
  assert.match(stderrOf(bare), `${url}:2:7`)
})

test.run()
