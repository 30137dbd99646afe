// The report of a bench: one file, no script, nothing from elsewhere.

import type { BenchResult, PointRow } from './bench-result.ts'
import { jobLines } from './job-figures.ts'
import { LAG_P99_MS } from './measure-point.ts'
import { barPlot, escapeHtml, linePlot, type Series } from './report-plots.ts'
import type { SignedReport } from './signed-report.ts'
import { TIMELINE_STAGES } from './timeline.ts'

const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--mute:#667;--grid:#dde;--bad:#b3261e;
--c0:#2563b8;--c1:#c2570c;--c2:#2e7d46;--c3:#7b3fa0;--c4:#a8334f;--c5:#667}
@media(prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e6e8ea;--mute:#9aa;--grid:#333a40;
--bad:#ff8a80;--c0:#79aef2;--c1:#f0a35e;--c2:#7cc894;--c3:#c79be6;--c4:#f08ca5;--c5:#aab}}
body{background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif;margin:0 auto;
padding:24px;max-width:1000px}h1{font-size:22px}h2{font-size:17px;margin-top:32px}
table{border-collapse:collapse;display:block;overflow-x:auto;font-size:13px}
td,th{padding:3px 10px 3px 0;text-align:right;white-space:nowrap}
td:first-child,th:first-child{text-align:left}th{color:var(--mute);font-weight:500}
tr.bad td{color:var(--bad)}figure{margin:16px 0}svg{width:100%;height:auto;max-width:760px}
svg text{font:12px system-ui,sans-serif;fill:var(--mute)}svg text.title{fill:var(--fg)}
.grid{stroke:var(--grid)}polyline{fill:none;stroke-width:2}.mute{color:var(--mute)}
${[0, 1, 2, 3, 4, 5].map((i) => `polyline.s${i}{stroke:var(--c${i})}circle.s${i},rect.b${i}{fill:var(--c${i})}svg text.t${i}{fill:var(--c${i})}`).join('')}`

function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cell = (tag: string, value: unknown) =>
    `<${tag}>${escapeHtml(String(value ?? '–'))}</${tag}>`
  const line = (tag: string, values: readonly unknown[]) =>
    `<tr>${values.map((value) => cell(tag, value)).join('')}</tr>`
  return `<table>${line('th', head)}${rows.map((row) => line('td', row)).join('')}</table>`
}

const POINT_HEAD =
  'run,offered/s,final/s,failed,expired,p50 ms,p90,p99,max,generator late p99,load,verdict'

function pointsTable(rows: readonly PointRow[]): string {
  return table(
    POINT_HEAD.split(','),
    rows.map((row) => [
      `${row.target} · ${row.name}`,
      row.offered_tps,
      row.committed_tps,
      row.failed,
      row.expired,
      row.p50_ms,
      row.p90_ms,
      row.p99_ms,
      row.max_ms,
      row.lag_p99_ms,
      row.load_average,
      row.invalid ? `INVALID: ${row.invalid}` : row.carried ? 'ok' : 'too much',
    ]),
  )
}

function byTarget(rows: readonly PointRow[], y: (row: PointRow) => number | null): Series[] {
  return [...new Set(rows.map(({ target }) => target))].map((name) => ({
    name,
    points: rows
      .filter(({ target }) => target === name)
      .map((row) => [row.offered_tps, y(row) ?? Number.NaN] as const)
      .sort(([a], [b]) => a - b),
  }))
}

function plots(result: BenchResult): string {
  const { steps, rounds, seconds, memory } = result
  const own = steps.filter(({ target }) => target === rounds[0]?.target)
  const latency = (name: string, of: (row: PointRow) => number | null) => ({
    ...(byTarget(own, of)[0] ?? { points: [] }),
    name,
  })
  const unit = `${result.unit} a second`
  return [
    linePlot(
      { title: 'Offered and committed', x: `offered, ${unit}`, y: `final, ${unit}` },
      byTarget(steps, ({ committed_tps }) => committed_tps),
    ),
    linePlot({ title: 'Latency by step', x: `offered, ${unit}`, y: 'ms from the intended time' }, [
      latency('p50', (row) => row.p50_ms),
      latency('p90', (row) => row.p90_ms),
      latency('p99', (row) => row.p99_ms),
    ]),
    linePlot({ title: 'Latency over time', x: 'second of the rounds', y: 'ms' }, [
      {
        name: 'p50',
        points: seconds.map(({ second, p50_ms }) => [second, p50_ms ?? Number.NaN] as const),
      },
      {
        name: 'p99',
        points: seconds.map(({ second, p99_ms }) => [second, p99_ms ?? Number.NaN] as const),
      },
    ]),
    linePlot({ title: 'Memory over time', x: 'second of the rounds', y: 'MiB' }, [
      {
        name: 'largest process',
        points: memory.largest_mb.map((mb, i) => [(i * memory.every_ms) / 1000, mb] as const),
      },
      {
        name: 'of it, in no file',
        points: (memory.own_mb ?? []).map((mb, i) => [(i * memory.every_ms) / 1000, mb] as const),
      },
    ]),
    barPlot(
      'Processor time by role',
      `µs of one core for each of the ${result.unit}`,
      rounds.map((row) => ({
        name: `${row.target} ${row.name}`,
        parts: Object.entries(row.cpu_us_per_tx).map(([name, value]) => ({ name, value })),
      })),
    ),
  ].join('\n')
}

/** Medians and means as bars, and a table. */
function timeline({ timeline_ms: found }: BenchResult): string {
  if (!found) return ''
  const bar = (name: 'p50' | 'mean') => ({
    name,
    parts: TIMELINE_STAGES.map((stage) => ({
      name: stage,
      value: Math.max(0, found.stages[stage][name]),
    })),
  })
  const rows = [...Object.entries(found.parts), ['finality', found.finality] as const]
  return `<h2>Where the time goes</h2>${barPlot(
    `One batch, from the intended time of its transfers (${found.batches} batches)`,
    'ms',
    [bar('mean'), bar('p50')],
  )}${table(
    ['part, ms', 'p50', 'p99', 'mean'],
    rows.map(([name, { p50, p99, mean }]) => [name, p50, p99, mean]),
  )}`
}

/** What the parts cost bare, beside what a validator really used. */
function costs({ raw, cpu_us_per_tx: cpu, unit }: BenchResult): string {
  const rows = Object.entries(raw).filter(([name]) => name !== 'what')
  if (rows.length === 0) return ''
  const used = ['processor time of all validators but the sequencer, measured', cpu.validator]
  return `<h2>What each of the ${escapeHtml(unit)} costs, part by part</h2>
<p>${escapeHtml(String(raw.what))}; us: microseconds of one core at one validator.</p>
${table(['part', ''], [...rows, used, ['the same of all processes but the generator', cpu.total]])}`
}

function verdict(result: BenchResult): string {
  const { finality_ms: final, comparators, raw } = result
  const lines = [
    `${result.committed_tps} ${result.unit} a second final of ${result.offered_tps} offered;
     p50 ${final.p50} ms, p99 ${final.p99} ms from the intended time.`,
    ...(raw.share === undefined
      ? []
      : [
          `${raw.share} of ${raw.what} (${raw.allowed_tps} a second), at ${raw.cost_ratio ?? '-'} ` +
            'times the bare cost.',
        ]),
    ...comparators.map(
      ({ name, tps, ratio }) => `${name}: ${tps} a second; this is ${ratio} times it.`,
    ),
    ...(result.jobs ? jobLines(result.jobs) : []),
    result.audited ? 'Audited against the chain.' : 'NOT AUDITED: the chain and the count differ.',
    ...(result.valid ? [] : ['INVALID: the generator could not keep its schedule.']),
  ]
  return lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('')
}

const METHOD = `The times at which everything is sent are drawn before the clock starts
(exponential gaps), whatever becomes of what was sent before; latency counts from those times until
the client has read the block that holds the transfer. Transfers are signed before the clock starts.
Committed, refused and expired ones add up to the offered ones, or the bench fails. A point whose
generator sent later than ${LAG_P99_MS} ms at the 99th percentile is invalid. Processor time, memory
and disk are the kernel's counts (/proc, /sys/block). All parts, the generator too, run on this one machine. A comparator's figure
is the best of its rounds and steps.`

export function reportHtml(result: SignedReport): string {
  const { machine } = result
  const facts: [string, unknown][] = [
    ['report', `${result.id}, signed by ${result.signature.key} (in the JSON beside this)`],
    ['machine', `${machine.cores} × ${machine.cpu}, ${machine.memory_mb} MB, ${machine.kernel}`],
    ['node', machine.node],
    ['commit', machine.commit],
    ['started', machine.started_at],
    ['load average at the start', machine.load_before],
    ['validators, processes, accounts', [result.validators, result.processes, result.accounts]],
    ['bytes each, as sent', result.bytes_per_tx],
    ['bytes written to the disk each, whole machine', result.written_bytes_per_tx ?? '-'],
    ['bytes that nodes received from each other, each', result.received_bytes_per_tx ?? '-'],
    ['largest process', `${result.rss_max_mb} MB`],
    ['processor time each', JSON.stringify(result.cpu_us_per_tx)],
    ...(result.jobs ? [['jobs', JSON.stringify(result.jobs)] as [string, unknown]] : []),
    ['options', JSON.stringify(result.options)],
  ]
  const list = (lines: readonly string[]) =>
    `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>Bench ${escapeHtml(result.scenario)}</title><style>${STYLE}</style></head><body>
<h1>${escapeHtml(result.scenario)}: ${escapeHtml(result.about)}</h1>
${verdict(result)}${timeline(result)}${costs(result)}${plots(result)}
<h2>Rounds</h2>${pointsTable(result.rounds)}
<h2>Steps</h2>${pointsTable(result.steps)}
<h2>Audit</h2>${list(result.audit)}
${result.notes.length > 0 ? `<h2>Notes</h2>${list(result.notes)}` : ''}
<h2>Where and how</h2>${table(['', ''], facts)}<p class="mute">${METHOD}</p>
</body></html>
`
}
