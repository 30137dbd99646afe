// npm run study -- modes: runs a model of the chain and writes the tables and drawings of its page.
// `--check` writes nothing and fails if what is written is not what would be.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../lib/package-root.ts'
import { modesPages } from './study/modes-page.ts'

const [name, ...options] = process.argv.slice(2)
const check = options.includes('--check')

if (name !== 'modes') {
  console.error('npm run study -- modes')
  process.exitCode = 1
} else {
  const root = packageRoot()
  const startedAt = performance.now()
  for (const { path, text } of modesPages(root)) {
    const file = join(root, path)
    if (!check) writeFileSync(file, text)
    else if (readFileSync(file, 'utf8') !== text) {
      console.error(`${path} is not current: npm run study -- modes`)
      process.exitCode = 1
    }
    console.log(path)
  }
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
}
