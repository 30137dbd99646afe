// A scenario from its start to its report: knee, rounds, audit. The document goes to standard
// output with --json, a few lines otherwise; progress goes to standard error.

import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { benchResult } from './bench-result.ts'
import { findKnee, type Knee, warmUp } from './find-knee.ts'
import { machine } from './machine.ts'
import { type BenchOptions, readBenchOptions } from './options.ts'
import { type Progress, stderrProgress } from './progress.ts'
import { reportCsv } from './report-csv.ts'
import { reportHtml } from './report-html.ts'
import { reportPath } from './report-path.ts'
import { reporterKey } from './reporter-key.ts'
import { resultLines } from './result-lines.ts'
import { type Contender, runRounds } from './run-rounds.ts'
import { type SignedReport, signReport } from './signed-report.ts'
import type { Audit, Scenario, Target } from './target.ts'

/** Reads the command line and runs; the exit status is 0 only for an audited, valid result. */
export async function runBench(scenario: Scenario): Promise<void> {
  let options: BenchOptions
  try {
    options = readBenchOptions(process.argv.slice(2), scenario)
    const known = Object.keys(scenario.comparators ?? {})
    const other = options.against.find((name) => !known.includes(name))
    if (other) {
      const there = known.length > 0 ? `it has ${known.join(', ')}` : 'it has none'
      throw new Error(`${scenario.name} has no comparator ${other}: ${there}`)
    }
  } catch (error) {
    process.stderr.write(`error: ${(error as Error).message}\n`)
    process.exitCode = 2
    return
  }
  try {
    const result = await measure(scenario, options, stderrProgress())
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
    else process.stdout.write(`${resultLines(result).join('\n')}\n`)
    process.exitCode = result.audited && result.valid ? 0 : 1
  } catch (error) {
    process.stderr.write(`error: ${scenario.name}: ${(error as Error).message}\n`)
    process.exitCode = 1
  }
}

async function measure(
  scenario: Scenario,
  options: BenchOptions,
  progress: Progress,
): Promise<SignedReport> {
  const about = machine()
  progress.line(`${scenario.name} on ${about.cores} × ${about.cpu}, load ${about.load_before}`)
  const targets: Target[] = []
  try {
    targets.push(await scenario.start(options, progress))
    for (const name of options.against) {
      const start = scenario.comparators?.[name]
      if (start) targets.push(await start(options, progress))
    }
    const processes = targets[0]?.processes().length ?? 0
    const knees: Knee[] = []
    const contenders: Contender[] = []
    for (const [i, target] of targets.entries()) {
      const given = i === 0 ? options.offered : undefined
      if (given) await warmUp(target, given, options, progress)
      const knee = given
        ? { perSecond: given, steps: [] }
        : await findKnee(
            target,
            options,
            progress,
            i === 0 ? scenario.firstStep?.(options) : undefined,
          )
      if (knee.perSecond === 0) throw new Error(`${target.name}: ${whyNone(knee)}`)
      knees.push(knee)
      contenders.push({ target, perSecond: knee.perSecond })
    }
    const rounds = await runRounds(scenario, contenders, options, progress)
    const heard = rounds.points[0]?.flatMap(({ outcome }) => outcome.batches ?? []) ?? []
    const timelines = (await targets[0]?.timelines?.(heard)) ?? []
    const audits: Audit[] = []
    for (const target of targets) {
      progress.line(`auditing ${target.name}`)
      audits.push(await target.audit())
    }
    const names = targets.map(({ name }) => name)
    const report = reportPath(scenario.name, about.started_at, 'html')
    const run = {
      scenario,
      options,
      machine: about,
      processes,
      knees,
      names,
      rounds,
      audits,
      timelines,
      heard: heard.length,
    }
    const result = signReport(benchResult({ ...run, report }), reporterKey(dirname(report)))
    writeFileSync(report, reportHtml(result))
    writeFileSync(report.replace(/html$/, 'json'), `${JSON.stringify(result, null, 2)}\n`)
    writeFileSync(report.replace(/html$/, 'csv'), reportCsv(result))
    return result
  } finally {
    for (const target of targets) await target.stop()
  }
}

function whyNone({ steps }: Knee): string {
  const invalid = steps.at(-1)?.invalid
  return invalid ? `the machine is too busy to measure: ${invalid}` : 'it carries not even a little'
}
