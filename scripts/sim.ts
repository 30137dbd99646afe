// Runs the simulator over many seeds: npm run sim -- --seeds N
// [--scenario cluster|actors|modes|modes-small|rollup|shards] [--from S] [--seed S] [--minutes N]
// [--jobs N] [--twice] [--plant NAME] [--byzantine N] [--schedule JSON|FILE] [--shrink] [--json]
// [--verbose], or --replay FILE for a recording.
// Progress on stderr; with --json one document on stdout. Exit 1 on a failure, or when a required
// mark was never reached.

import type { SeedOptions, Verdict } from '../test/sim/scenario.ts'
import { shrinkSchedule } from '../test/sim/shrink-schedule.ts'
import { readArguments, seedOptions } from './sim/arguments.ts'
import { runChecked } from './sim/run-checked.ts'
import { sweep } from './sim/sweep.ts'
import { commitOf, replayCommand, tellFailure } from './sim/tell-failure.ts'

const FAILURES_KEPT_MAX = 50
const FAILURES_TOLD_MAX = 5
const PROGRESS_EVERY_MS = 2000

const args = process.argv.slice(2)
const parameters = readArguments(args)
if (parameters.replay !== undefined) {
  const { replayFile } = await import('./sim/replay-file.ts')
  process.exit(replayFile(parameters.replay, parameters.json))
}
const { scenario, schedule } = parameters
const options = seedOptions(parameters)

const failures: { seed: number; checker: string; replay: string }[] = []
const marks: Record<string, number> = {}
const sums: Record<string, number> = {}
const startedAt = Date.now()
let seeds = 0
let failedSeeds = 0
let toldAt = startedAt

function add(to: Record<string, number>, what: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(what)) to[name] = (to[name] ?? 0) + count
}

function tellShrunk(seed: number): SeedOptions {
  const shrunk = shrinkSchedule(scenario, seed, options)
  if (!shrunk) return options
  const smaller = { ...options, schedule: shrunk.schedule }
  process.stderr.write(
    `\nseed ${seed}: ${shrunk.schedule.length} faults are enough (${shrunk.runs} runs): ` +
      `${shrunk.violation}\n${shrunk.schedule.map((one) => `  ${JSON.stringify(one)}\n`).join('')}`,
  )
  return smaller
}

function record(verdict: Verdict): void {
  seeds++
  add(marks, verdict.marks)
  add(sums, verdict.done)
  if (verdict.violations.length > 0) fail(verdict)
  if (Date.now() - toldAt < PROGRESS_EVERY_MS) return
  toldAt = Date.now()
  const rate = (seeds / (toldAt - startedAt)) * 1000
  process.stderr.write(
    `${seeds} seeds, ${failedSeeds} failed, ${rate.toFixed(1)} seeds/s, ${missed().length} of ` +
      `${scenario.requiredMarks.length} marks to reach\n`,
  )
}

function fail(verdict: Verdict): void {
  failedSeeds++
  const used =
    parameters.shrink && failedSeeds <= FAILURES_TOLD_MAX ? tellShrunk(verdict.seed) : options
  for (const checker of verdict.violations.slice(0, 3)) {
    if (failures.length >= FAILURES_KEPT_MAX) break
    failures.push({
      seed: verdict.seed,
      checker,
      replay: replayCommand(scenario, verdict.seed, used),
    })
  }
  if (failedSeeds <= FAILURES_TOLD_MAX) process.stderr.write(tellFailure(scenario, verdict, used))
}

function missed(): string[] {
  return scenario.requiredMarks.filter((mark) => !marks[mark])
}

function runHere(): void {
  const listening: SeedOptions = parameters.verbose
    ? {
        onLog: ({ host, level, event, fields }, at) =>
          process.stderr.write(
            `${at.toFixed(1)} ${host} ${level} ${event} ${JSON.stringify(fields ?? {})}\n`,
          ),
        onEvent: (event, at) => process.stderr.write(`${at.toFixed(1)} ${event}\n`),
      }
    : {}
  const end = parameters.from + (parameters.seeds ?? 1)
  for (let seed = parameters.from; seed < end; seed++) {
    record(runChecked(scenario, seed, { ...options, ...listening }, parameters.twice))
  }
}

if (parameters.jobs === 1 && parameters.seeds !== undefined) runHere()
else await sweep(parameters, args, record)

const seconds = (Date.now() - startedAt) / 1000
const list = Object.entries(sums).map(([name, count]) => `${count} ${name}`)
process.stderr.write(
  `${scenario.name} at ${commitOf()}: ${seeds} seeds in ${seconds.toFixed(1)} s, ${failedSeeds} failed; ` +
    `${list.join(', ')}\n`,
)
const enough = seeds >= scenario.seedsForMarks && !schedule
const unreached = enough ? missed() : []
if (unreached.length > 0) process.stderr.write(`marks never reached: ${unreached.join(', ')}\n`)
if (parameters.json) {
  const report = { scenario: scenario.name, seeds, failed: failedSeeds, failures, marks, unreached }
  process.stdout.write(`${JSON.stringify({ ...report, seconds, sums })}\n`)
}
process.exitCode = failedSeeds > 0 || unreached.length > 0 ? 1 : 0
