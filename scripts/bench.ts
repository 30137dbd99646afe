// Lists the benches (bench/**/*.bench.ts) or runs the ones whose name contains a given text, each
// in its own process. A bench prints its own figures, with the command that makes them. What comes
// from the first option on is the bench's.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
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

const given = process.argv.slice(2)
const first = given.findIndex((arg) => arg.startsWith('-'))
const wanted = first < 0 ? given : given.slice(0, first)
const options = first < 0 ? [] : given.slice(first)

if (wanted.length === 0) {
  console.log(names.length ? 'npm run bench -- NAME, where NAME is one of:' : 'no benches yet')
  for (const name of names) console.log(`  ${name}`)
} else {
  const chosen = names.filter((name) => wanted.some((text) => name.includes(text)))
  if (chosen.length === 0) {
    console.error(`no bench is named ${wanted.join(', ')}; run without a name for the list`)
    process.exitCode = 1
  }
  for (const name of chosen) {
    const args = ['--import', 'tsx', join('bench', `${name}${ENDING}`), ...options]
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
  }
}
