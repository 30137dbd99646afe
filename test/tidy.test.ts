// The house rules on the whole tree, and canaries that prove each rule still bites.

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Complaint, type SourceFile, tidyComplaints } from '../scripts/tidy.ts'

const TEXT =
  /(?:\.(?:ts|mjs|md|json|ya?ml|toml|grit|sh|svg)|\/run|^aitbc|Makefile|^LICENSE$|\.env\.example)$/
const BYTES_MAX = 1024 * 1024

function readFiles(paths: string[], folder: string): SourceFile[] {
  return paths
    .filter((path) => TEXT.test(path) && existsSync(join(folder, path)))
    .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }))
}

/** What git tracks or would track. */
function treePaths(): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    encoding: 'utf8',
  })
  return listed.split('\n').filter((path) => path !== '' && !path.startsWith('test/fixtures/'))
}

function show(complaints: Complaint[]): string {
  return complaints.map((c) => `${c.path}:${c.line} ${c.rule}: ${c.message}`).join('\n')
}

test('the whole tree is tidy', () => {
  const complaints = tidyComplaints(readFiles(treePaths(), '.'))
  assert.is(complaints.length, 0, `\n${show(complaints)}\n`)
})

test('no large file gets into the tree', () => {
  const large = treePaths().filter((path) => existsSync(path) && statSync(path).size > BYTES_MAX)
  assert.equal(large, [])
})

test('every dependency is pinned exactly and has its reason in docs/decisions', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
  const reasons = readdirSync('docs/decisions')
    .map((file) => readFileSync(join('docs/decisions', file), 'utf8'))
    .join('\n')
  const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.overrides }
  for (const [name, version] of Object.entries<string>(all)) {
    assert.match(version, /^(?:npm:[\w@/-]+@)?\d+\.\d+\.\d+$/, `${name} is not pinned: ${version}`)
    assert.ok(reasons.includes(`\`${name}\``), `${name} has no line in docs/decisions`)
  }
})

test('packages with install scripts are named under allowScripts, with false', () => {
  const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>
  }
  for (const [path, entry] of Object.entries(packages)) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    if (entry.hasInstallScript) assert.is(allowScripts[name], false, `${name} runs a script`)
  }
})

test('each canary is caught, and what is right is not', () => {
  const folder = 'test/fixtures/tidy'
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const found = tidyComplaints(readFiles(paths, folder)).map((c) => `${c.path}:${c.line} ${c.rule}`)
  assert.equal(found.sort(), [
    'actors/first/first.ts:2 import',
    'actors/first/first.ts:4 import',
    'docs/links.md:3 link',
    'lib/BadName.ts:1 name',
    'lib/BadName.ts:1 opening',
    'lib/bad-lines.ts:2 columns',
    'lib/bad-lines.ts:3 word',
    'lib/bad-lines.ts:4 machine',
    'lib/bad-lines.ts:5 machine',
    'lib/reaches-up.ts:2 import',
    'lib/reaches-up.ts:5 import',
    'lib/reaches-up.ts:6 import',
    'lib/reaches-up.ts:9 import',
    'lib/too-long.ts:400 length',
    'lib/utils.ts:1 name',
    'sdk/index.ts:1 barrel',
  ])
})

test.run()
