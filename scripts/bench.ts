// Lists the benches (bench/**/*.bench.ts) or runs the ones whose name contains a given text, each
// in its own process. A bench prints its own figures, with the command that makes them. What comes
// from the first option on is the bench's. `compare A B`, `gate FILE`, `verify FILE` read results.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { READERS } from '../bench/harness/readers.ts'
import { packageRoot } from '../lib/package-root.ts'

const ENDING = '.bench.ts'
const root = packageRoot()
const folder = join(root, 'bench')

const names = existsSync(folder)
  ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(ENDING))
      .map((file) => file.slice(0, -ENDING.length))
      .sort()
  : []

/** A whole name beats a part of one: `base` is a scenario, and part of other names. */
function isMeant(name: string, text: string): boolean {
  const exact = names.filter((one) => basename(one) === text)
  return exact.length > 0 ? exact.includes(name) : name.includes(text)
}

const given = process.argv.slice(2)
const first = given.findIndex((arg) => arg.startsWith('-'))
const wanted = first < 0 ? given : given.slice(0, first)
const options = first < 0 ? [] : given.slice(first)

function run(file: string, args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) process.exitCode = status ?? 1
}

if (READERS.includes(wanted[0] ?? '')) {
  run(join('bench', 'harness', 'read-results.ts'), given)
} else if (wanted.length === 0) {
  console.log(
    'npm run bench -- NAME, compare A.json B.json, gate FILE.json or verify FILE.json; NAME is one of:',
  )
  for (const name of names) console.log(`  ${name}`)
} else {
  const chosen = names.filter((name) => wanted.some((text) => isMeant(name, text)))
  if (chosen.length === 0) {
    console.error(`no bench is named ${wanted.join(', ')}; run without a name for the list`)
    process.exitCode = 1
  }
  for (const name of chosen) run(join('bench', `${name}${ENDING}`), options)
}
