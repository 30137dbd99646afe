// docs/reports/README.md out of the reports beside it. Throws for one that was changed.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportFault, type Signed, type SignedReport } from '../bench/harness/signed-report.ts'
import type { ConsensusReport } from '../bench/load/consensus/consensus-report.ts'

const HEAD = `# Reports

Every run whose figures these docs quote, as \`npm run bench -- NAME\` wrote it. The document is
here under its id, a hash of all it says, signed by the key of the machine that measured. To check
one: \`npm run bench -- verify docs/reports/ID.json\`. The signature says that nothing was changed
since, not that the machine was idle: see its load. Made by \`npm run docs\`; do not edit.

`

const COLUMNS = [
  'id',
  'options',
  'commit',
  'date',
  'load before',
  'offered/s',
  'final/s',
  'p50, p99, max (ms)',
  'µs a transfer',
  'MB',
  'verdict',
]

/** What the run was asked for, where that is not what it does by itself. */
function asked({ scenario, options }: SignedReport): string {
  const { validators, accounts, seconds, shards, far, absent, sums, mode, kill, window } = options
  const named = [
    `--validators ${validators} --accounts ${accounts} --seconds ${seconds}`,
    shards > 1 ? `--shards ${shards}` : '',
    far > 0 ? `--far ${far}` : '',
    absent > 0 ? `--absent ${absent}` : '',
    sums === 'fresh' ? '--sums fresh' : '',
    // Reports of before there was a choice say nothing.
    (mode ?? 'FAST') === 'FAST' ? '' : `--mode ${mode}`,
    kill ? `--kill ${kill}` : '',
    window === undefined ? '' : `--window ${window}`,
    options.clients > 0 ? `--clients ${options.clients}` : '',
    options.senders === 'checked' ? '--senders checked' : '',
    options.rounds === 3 ? '' : `--rounds ${options.rounds}`,
    options.offered === undefined ? '' : `--offered ${options.offered}`,
    options.against.length > 0 ? `--against ${options.against.join(',')}` : '',
  ]
  return `\`${[scenario, ...named.filter((one) => one !== '')].join(' ')}\``
}

function verdict({ audited, valid, rounds }: SignedReport): string {
  if (!audited) return 'NOT AUDITED'
  if (!valid) return 'audited; INVALID'
  const own = rounds.filter(({ target }) => target === rounds[0]?.target)
  const held = own.filter(({ carried }) => carried).length
  return `audited; ${held} of ${own.length} rounds held`
}

function row(report: SignedReport): string[] {
  const { id, machine, finality_ms: final, cpu_us_per_tx: cpu } = report
  return [
    `[${id}](${id}.json)`,
    asked(report),
    machine.commit,
    machine.started_at.slice(0, 10),
    String(machine.load_before),
    String(report.offered_tps),
    String(report.committed_tps),
    [final.p50, final.p99, final.max].join(', '),
    String(cpu.total),
    String(report.rss_max_mb),
    verdict(report),
  ]
}

type ModesReport = ConsensusReport & Signed
type KeptReport = SignedReport | ModesReport

const isOfModes = (report: KeptReport): report is ModesReport => report.scenario === 'consensus'

const startedAt = (report: KeptReport) =>
  isOfModes(report) ? report.started_at : report.machine.started_at

const MODES_COLUMNS = ['id', 'options', 'commit', 'date', 'load before, after']

function modesRow({ id, options, commit, load_before, load_after, ...report }: ModesReport) {
  const { parts, modes, validators, delaysMs, loads, samples } = options
  const rows = `--modes ${modes} --validators ${validators} --delays ${delaysMs} --loads ${loads}`
  const asked = `\`consensus --part ${parts} ${rows} --samples ${samples}\``
  const date = report.started_at.slice(0, 10)
  return [`[${id}](${id}.json)`, asked, commit, date, `${load_before}, ${load_after}`]
}

export function readReports(folder: string): KeptReport[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const report = JSON.parse(readFileSync(join(folder, name), 'utf8')) as KeptReport
      const fault = name === `${report.id}.json` ? reportFault(report) : 'OTHER_ID'
      if (fault) throw new Error(`docs/reports/${name}: ${fault}`)
      return report
    })
    .sort((a, b) => (startedAt(a) < startedAt(b) ? -1 : 1))
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, columns.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |\n`)
    .join('')
}

export function reportsPage(reports: readonly KeptReport[]): string {
  const modes = reports.filter(isOfModes).map(modesRow)
  const own = reports.flatMap((report) => (isOfModes(report) ? [] : [row(report)]))
  const below = modes.length > 0 ? `\n${table(MODES_COLUMNS, modes)}` : ''
  return `${HEAD}${table(COLUMNS, own)}${below}`
}
