// Finality as a client sees it in every mode, what a block costs a validator, and how soon one that
// was killed votes again: npm run bench -- consensus [--part rows|cpu|restart|all] [--quick]
// [--json] [--modes FAST,…] [--validators 4,7] [--delays 0,25,60] [--loads idle,half]
// [--samples N]. How it measures: docs/spec/consensus-figures.md. Progress goes to standard error.

import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { dirname } from 'node:path'
import { machine } from '../harness/machine.ts'
import { reportPath } from '../harness/report-path.ts'
import { reporterKey } from '../harness/reporter-key.ts'
import { consensusReport } from './consensus/consensus-report.ts'
import { type BenchOptions, readOptions } from './consensus/options.ts'

function read(): BenchOptions {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    console.error(`error: ${(error as Error).message}`)
    process.exit(2)
  }
}

const options = read()
const about = machine()
const result: Record<string, unknown> = { rows: [] }
if (options.parts.includes('rows')) {
  const { rowsPart } = await import('./consensus/rows-part.ts')
  const { rows, goals, capacities, errors } = await rowsPart(options)
  Object.assign(result, { rows, goals, capacities, errors })
  if (errors.length > 0) process.exitCode = 1
  if (!options.json) {
    const { ROW_HEAD, rowLine } = await import('./consensus/row-table.ts')
    if (rows.length > 0) console.log(ROW_HEAD)
    for (const row of rows) console.log(rowLine(row))
    for (const { goal, load, got_ms, pass } of goals) {
      console.log(`${pass ? 'pass' : 'FAIL'}  ${goal}, ${load}: ${got_ms} ms`)
    }
  }
}
if (options.parts.includes('cpu')) {
  const { cpuPart, cpuText } = await import('./consensus/cpu-part.ts')
  const cpu = await cpuPart(options)
  Object.assign(result, { cpu })
  if (!options.json) console.log(cpuText(cpu))
}
if (options.parts.includes('restart')) {
  const { restartPart, restartText } = await import('./consensus/restart-part.ts')
  const restart = await restartPart(options)
  Object.assign(result, { restart })
  if (!options.json) console.log(restartText(restart))
}
const path = reportPath('consensus', about.started_at, 'json')
const run = { options, about, loadAfter: loadavg()[0] ?? 0, report: path, parts: result }
const report = consensusReport(run, reporterKey(dirname(path)))
writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`)
if (options.json) console.log(JSON.stringify(report))
else {
  const load = `load ${report.load_before} before and ${report.load_after} after`
  console.log(`${report.machine}, commit ${report.commit}, ${load}; the client runs on it, too`)
  console.log(`report ${report.id}, signed: ${path}`)
}
