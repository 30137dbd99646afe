// Runs the simulated cluster over many seeds: npm run sim -- --seeds N [--from S] [--seed S]
// [--minutes N] [--twice] [--plant double-vote] [--json]. Progress on stderr; with --json one
// document on stdout. Exit 1 on any failure, or when a required mark was never reached.

import { parseArgs } from 'node:util'
import { runSeed, type SeedResult } from '../test/sim/run-seed.ts'

/** What a sweep must have seen happen; judged from this many seeds on. */
const REQUIRED_MARKS = [
  'nullified-view',
  'catch-up',
  'restored-from-sign-log',
  'block-builder-restarted',
  'scheduler-job-completed',
]
const SEEDS_FOR_MARKS = 20
const FAILURES_SHOWN_MAX = 50

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    minutes: { type: 'string' },
    twice: { type: 'boolean', default: false },
    plant: { type: 'string' },
    json: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})

function count(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) {
    process.stderr.write(`--${name} takes a whole number from 1 up, not "${text}"\n`)
    process.exit(2)
  }
  return value
}

const first = count('from', values.seed ?? values.from)
const seeds = values.seed
  ? 1
  : values.minutes
    ? Number.MAX_SAFE_INTEGER
    : count('seeds', values.seeds)
const endAt = values.minutes ? Date.now() + count('minutes', values.minutes) * 60_000 : undefined
if (values.plant !== undefined && values.plant !== 'double-vote') {
  process.stderr.write(`--plant knows "double-vote", not "${values.plant}"\n`)
  process.exit(2)
}
const plant = values.plant === 'double-vote' ? { plant: 'double-vote' as const } : {}

const failures: { seed: number; checker: string; replay: string }[] = []
const marks: Record<string, number> = {}
const startedAt = Date.now()
let done = 0
let blocks = 0
let jobs = 0

function record(result: SeedResult): void {
  blocks += result.height
  jobs += result.jobs
  for (const [mark, times] of Object.entries(result.marks)) marks[mark] = (marks[mark] ?? 0) + times
  for (const violation of result.violations.slice(0, 3)) {
    process.stderr.write(`\nseed ${result.seed}: ${violation}\n`)
    if (failures.length >= FAILURES_SHOWN_MAX) continue
    const replay = `npm run sim -- --seed ${result.seed}${plant.plant ? ' --plant double-vote' : ''} --verbose`
    failures.push({ seed: result.seed, checker: violation, replay })
  }
}

const verbose = values.verbose
  ? {
      onLog: (line: { host: string; level: string; event: string; fields?: unknown }, at: number) =>
        process.stderr.write(
          `${at.toFixed(1)} ${line.host} ${line.level} ${line.event} ${JSON.stringify(line.fields ?? {})}\n`,
        ),
    }
  : {}

for (let seed = first; seed < first + seeds; seed++) {
  if (endAt !== undefined && Date.now() > endAt) break
  const result = runSeed(seed, { ...plant, ...(verbose as object) })
  record(result)
  if (values.twice && runSeed(seed, plant).trace !== result.trace) {
    record({ ...result, violations: ['determinism: a second run took another course'] })
  }
  done++
  if (done % 10 === 0) {
    const rate = (done / (Date.now() - startedAt)) * 1000
    process.stderr.write(
      `\r${done} seeds, ${failures.length} failures, ${rate.toFixed(2)} seeds/s `,
    )
  }
}
process.stderr.write(`\n${done} seeds, ${blocks} blocks, ${jobs} jobs ended\n`)
const missed = done >= SEEDS_FOR_MARKS ? REQUIRED_MARKS.filter((mark) => !marks[mark]) : []
if (missed.length > 0) process.stderr.write(`marks never reached: ${missed.join(', ')}\n`)
if (values.json) process.stdout.write(`${JSON.stringify({ seeds: done, failures, marks })}\n`)
process.exitCode = failures.length > 0 || missed.length > 0 ? 1 : 0
