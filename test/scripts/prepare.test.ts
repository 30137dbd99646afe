// The launcher's two questions, answered without running npm or tsc: is everything installed, and
// is the build newer than its sources.

import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { packageRoot } from '../../lib/package-root.ts'

const prepare = pathToFileURL(join(packageRoot(), 'scripts', 'prepare.mjs')).href
const { isBuilt, isInstalled } = (await import(prepare)) as {
  isBuilt(root: string): boolean
  isInstalled(root: string): boolean
}

const root = mkdtempSync(join(tmpdir(), 'aitbc-prepare-'))
test.after(() => rmSync(root, { recursive: true, force: true }))

function put(path: string, value: unknown, atSeconds = 1000): void {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value))
  utimesSync(file, atSeconds, atSeconds)
}

const WANTED = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b-win32': { version: '2.0.0', optional: true },
  },
}

test('installed means the locked versions are there; other platforms may be missing', () => {
  put('package-lock.json', WANTED)
  assert.is(isInstalled(root), false)
  put('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '1.0.0' } } })
  assert.is(isInstalled(root), true)
  put('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '0.9.0' } } })
  assert.is(isInstalled(root), false)
  const packages = {
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b-win32': { version: '1' },
  }
  put('node_modules/.package-lock.json', { packages })
  assert.is(isInstalled(root), false)
})

test('built means stamped after the last change of any source', () => {
  put('tsconfig.json', { include: ['lib', 'missing'] })
  put('tsconfig.build.json', {})
  put('lib/deep/a.ts', '', 1000)
  for (const folder of ['lib', 'lib/deep']) utimesSync(join(root, folder), 1000, 1000)
  assert.is(isBuilt(root), false)
  put('dist/.built', '', 2000)
  assert.is(isBuilt(root), true)
  put('lib/deep/a.ts', '', 3000)
  assert.is(isBuilt(root), false)
  put('dist/.built', '', 4000)
  assert.is(isBuilt(root), true)
  put('lib/deep/b.ts', '', 1000)
  assert.is(isBuilt(root), false, 'a file came or went: the folder itself is newer')
  utimesSync(join(root, 'lib/deep'), 3000, 3000)
  assert.is(isBuilt(root), true)
})

test.run()
