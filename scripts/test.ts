// The test runner: one process per file, a time limit for each, totals that cannot lie. A file that
// runs no test, forgets `.run()`, hangs or crashes counts as a failure. Files run as they are
// built, because that starts several times faster than TypeScript does. See --help.

import { existsSync, readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../lib/package-root.ts'
import { runFile, type TestResult, type TestRun } from './test-file.ts'

const HELP = `usage: npm test -- [options] [PATH...]
  PATH            only files whose path contains this text (then without the checks)
  --jobs N        files at the same time (default 2, or AITBC_TEST_JOBS)
  --limit S       seconds that one file may take (default 60; three times that in test/e2e, whose
                  files start whole clusters and run one after the other beside the rest)
  --dir FOLDER    where to look for *.test.ts (default test)
  --checks        run type check and lint although paths are given
  --no-checks     leave them out`

/** How many times the limit a file may take that starts whole clusters. */
const CLUSTER_TIMES = 3
/** Files named at the end of a run of more than so many. */
const SLOWEST = 10
/** For type check and build, and for the linter beside the tests. */
const CHECK_LIMIT_MS = 300_000

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

/** What node is to run. What is in no build, such as the fixtures of a test, runs as it is. */
function programOf(root: string, file: string): string[] {
  const compiled = join('dist', file.replace(/\.ts$/, '.js'))
  if (!existsSync(join(root, compiled))) return ['--import', 'tsx', file]
  return ['--import', './lib/mapped-stacks.mjs', compiled]
}

function slowest(results: readonly TestResult[]): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1).padStart(6)} s`
  const lines = [...results]
    .sort((a, b) => b.ms - a.ms)
    .slice(0, SLOWEST)
    .map(({ name, ms }) => `${seconds(ms)}  ${name}`)
  return `\nslowest of ${results.length}:\n${lines.join('\n')}`
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
  const results: TestResult[] = []
  const report = (result: TestResult) => {
    results.push(result)
    totals.passed += result.passed
    totals.failed += result.failed
    totals.skipped += result.skipped
    const counts = `${result.passed} passed${result.skipped ? `, ${result.skipped} skipped` : ''}`
    const verdict = result.failed === 0 ? 'ok  ' : 'FAIL'
    console.log(`${verdict} ${result.name}  ${counts}  ${result.ms} ms`)
    if (result.failed > 0) console.log(`${result.output.trimEnd()}\n     ${result.reason}\n`)
  }

  const isChecked = flags.checks || (positionals.length === 0 && !flags['no-checks'])
  const build = await runFile({
    name: 'type check and build (tsc)',
    args: ['scripts/build.mjs', ...(isChecked ? [] : ['--changed'])],
    cwd: root,
    limitMs: CHECK_LIMIT_MS,
    check: true,
  })
  if (isChecked || build.failed > 0) report(build)
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome')
  const lint: TestRun = {
    name: 'format and lint (biome ci)',
    args: [biome, 'ci', '--colors=off', '.'],
    cwd: root,
    limitMs: CHECK_LIMIT_MS,
    check: true,
  }

  const files = testFiles(resolve(root, flags.dir))
    .map((file) => relative(root, file))
    .filter((file) => positionals.length === 0 || positionals.some((path) => file.includes(path)))
  if (files.length === 0) {
    console.log(`FAIL no test file matches ${positionals.join(' ') || flags.dir}`)
    totals.failed++
  }
  const fileRun = (file: string, times: number): TestRun => {
    const args = programOf(root, file)
    return { name: file, args, cwd: root, limitMs: times * limitMs, check: false }
  }
  const runOne = async (run: TestRun) => report(await runFile(run))
  // One cluster at a time: two would fight for ports. Beside the others, because it mostly waits
  // for its disk, its timers and its blocks, and they mostly compute.
  const clusters = files.filter((file) => file.startsWith(join('test', 'e2e')))
  const others = files.filter((file) => !clusters.includes(file)).map((file) => fileRun(file, 1))
  const beside = isChecked ? [lint, ...others] : others
  const alone = clusters.map((file) => fileRun(file, CLUSTER_TIMES))
  await Promise.all([
    inParallel(beside, Math.max(1, Number(flags.jobs) || 1), runOne),
    inParallel(alone, 1, runOne),
  ])

  if (results.length > SLOWEST) console.log(slowest(results))
  console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
  return totals.failed === 0 ? 0 : 1
}

process.exitCode = await main()
