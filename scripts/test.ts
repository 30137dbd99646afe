// The test runner: one process per file, a time limit for each, totals that cannot lie. A file that
// runs no test, forgets `.run()`, hangs or crashes counts as a failure. See --help.

import { readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../lib/package-root.ts'
import { runFile, type TestResult } from './test-file.ts'

const HELP = `usage: npm test -- [options] [PATH...]
  PATH            only files whose path contains this text (then without the checks)
  --jobs N        files at the same time (default 2, or AITBC_TEST_JOBS)
  --limit S       seconds that one file may take (default 60; three times that in test/e2e, whose
                  files start whole clusters and run one at a time)
  --dir FOLDER    where to look for *.test.ts (default test)
  --checks        run type check and lint although paths are given
  --no-checks     leave them out`

/** How many times the limit a file may take that starts whole clusters. */
const CLUSTER_TIMES = 3

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string', default: process.env.AITBC_TEST_JOBS ?? '2' },
    limit: { type: 'string', default: '60' },
    dir: { type: 'string', default: 'test' },
    checks: { type: 'boolean', default: false },
    'no-checks': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

function testFiles(folder: string): string[] {
  const files: string[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && entry.name !== 'fixtures') files.push(...testFiles(path))
    else if (entry.name.endsWith('.test.ts')) files.push(path)
  }
  return files.sort()
}

async function inParallel<T>(items: T[], width: number, work: (item: T) => Promise<void>) {
  const queue = items[Symbol.iterator]()
  const worker = async () => {
    for (const item of queue) await work(item)
  }
  await Promise.all(Array.from({ length: width }, worker))
}

async function main(): Promise<number> {
  if (flags.help) {
    console.log(HELP)
    return 0
  }
  const root = packageRoot()
  const limitMs = Number(flags.limit) * 1000
  const totals = { passed: 0, failed: 0, skipped: 0 }
  const report = (result: TestResult) => {
    totals.passed += result.passed
    totals.failed += result.failed
    totals.skipped += result.skipped
    const counts = `${result.passed} passed${result.skipped ? `, ${result.skipped} skipped` : ''}`
    const verdict = result.failed === 0 ? 'ok  ' : 'FAIL'
    console.log(`${verdict} ${result.name}  ${counts}  ${result.ms} ms`)
    if (result.failed > 0) console.log(`${result.output.trimEnd()}\n     ${result.reason}\n`)
  }

  if (flags.checks || (positionals.length === 0 && !flags['no-checks'])) {
    const bin = (...path: string[]) => join(root, 'node_modules', ...path)
    const tsc = [bin('typescript', 'bin', 'tsc'), '-p', '.', '--noEmit']
    const biome = [bin('@biomejs', 'biome', 'bin', 'biome'), 'ci', '--colors=off', '.']
    const checks = [
      { name: 'type check (tsc)', args: tsc },
      { name: 'format and lint (biome ci)', args: biome },
    ]
    for (const check of checks) report(await runFile({ ...check, cwd: root, limitMs, check: true }))
  }

  const files = testFiles(resolve(root, flags.dir))
    .map((file) => relative(root, file))
    .filter((file) => positionals.length === 0 || positionals.some((path) => file.includes(path)))
  if (files.length === 0) {
    console.log(`FAIL no test file matches ${positionals.join(' ') || flags.dir}`)
    totals.failed++
  }
  const runOne = async (file: string, limit: number) => {
    const args = ['--import', 'tsx', '--enable-source-maps', file]
    report(await runFile({ name: file, args, cwd: root, limitMs: limit, check: false }))
  }
  // A cluster of several processes beside another test would measure the machine, not the cluster.
  const clusters = files.filter((file) => file.startsWith(join('test', 'e2e')))
  const others = files.filter((file) => !clusters.includes(file))
  await inParallel(others, Math.max(1, Number(flags.jobs) || 1), (file) => runOne(file, limitMs))
  await inParallel(clusters, 1, (file) => runOne(file, CLUSTER_TIMES * limitMs))

  console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
  return totals.failed === 0 ? 0 : 1
}

process.exitCode = await main()
