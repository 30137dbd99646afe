// The document of a bench has every field that is promised, made of the points of its rounds; and
// its report is one file.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type BenchRun, benchResult } from '../../bench/harness/bench-result.ts'
import { HdrHistogram } from '../../bench/harness/hdr-histogram.ts'
import { loadPlan } from '../../bench/harness/load-plan.ts'
import type { Point } from '../../bench/harness/measure-point.ts'
import { readBenchOptions } from '../../bench/harness/options.ts'
import type { Role, RoleUsage } from '../../bench/harness/process-usage.ts'
import { reportHtml } from '../../bench/harness/report-html.ts'
import { signReport } from '../../bench/harness/signed-report.ts'
import type { Scenario } from '../../bench/harness/target.ts'

const MB = 2 ** 20

function histogram(...values: readonly number[]): HdrHistogram {
  const made = new HdrHistogram()
  for (const value of values) made.record(value)
  return made
}

const USAGE = new Map<Role, RoleUsage>([
  ['validator', { cpuMs: 40, rssMaxBytes: 300 * MB }],
  ['sequencer', { cpuMs: 20, rssMaxBytes: 500 * MB }],
  ['other', { cpuMs: 4, rssMaxBytes: 80 * MB }],
  ['generator', { cpuMs: 100, rssMaxBytes: 900 * MB }],
])

function point(target: string, committedPerSecond: number): Point {
  const latencyUs = histogram(100_000, 200_000, 300_000, 400_000)
  const counts = { offered: 6, committed: 4, failed: 1, expired: 1 }
  const times = { latencyUs, bySecond: [latencyUs], finalBySecond: [4], lagUs: histogram(1000) }
  return {
    target,
    name: 'round 1',
    plan: loadPlan('round 1', 3, 2, 1000),
    outcome: { ...counts, ...times, fillUs: histogram(20_000), bytes: 60, refusals: {} },
    committedPerSecond,
    usage: USAGE,
    largest: [{ rssBytes: 500 * MB, ownBytes: 400 * MB }],
    writtenBytes: 800,
    receivedBytes: 96,
    wallMs: 2000,
    loadAverage: 1,
    invalid: '',
    carried: true,
  }
}

const SCENARIO = { name: 'rollup', about: 'a', unit: 'transfers', defaults: {} } as const
const RUN = {
  scenario: SCENARIO as unknown as Scenario,
  options: readBenchOptions(['--validators', '4', '--accounts', '4096'], SCENARIO),
  machine: { cpu: 'x', cores: 2, memory_mb: 1, kernel: '6', node: 'v', commit: 'c' },
  processes: 7,
  knees: [
    { perSecond: 3, steps: [] },
    { perSecond: 1, steps: [] },
  ],
  names: ['aitbc', 'anvil'],
  rounds: { raw: [], points: [[point('aitbc', 2)], [point('anvil', 0.5)]] },
  audits: [
    { ok: true, lines: ['all of it'] },
    { ok: true, lines: [] },
  ],
  timelines: [],
  report: '/tmp/report.html',
} as unknown as BenchRun

test('every field that is promised, of the own rounds', () => {
  const result = benchResult(RUN)
  const { scenario, validators, processes, accounts, raw, report, audited, valid } = result
  assert.equal([scenario, validators, processes, accounts], ['rollup', 4, 7, 4096])
  assert.equal([raw, report, audited, valid], [{}, '/tmp/report.html', true, true])
  const { offered_tps: offered, committed_tps: committed, failed, expired } = result
  assert.equal([offered, committed, failed, expired], [3, 2, 1, 1])
  const { p50, p90, p99, max } = result.finality_ms
  assert.ok(Math.abs((p50 as number) - 200) < 1 && Math.abs((p90 as number) - 400) < 1)
  assert.ok((p99 as number) >= (p90 as number) && max === 400)
  assert.equal(result.fill_ms, { p50: 20 })
  // The generator is no part of the system.
  const cpu = { validator: 10_000, sequencer: 5000, total: 16_000, generator: 25_000 }
  assert.equal(result.cpu_us_per_tx, cpu)
  assert.equal([result.bytes_per_tx, result.rss_max_mb], [10, 500])
  assert.equal(result.comparators, [{ name: 'anvil', tps: 0.5, ratio: 4 }])
})

test('one audit that fails, and nothing of it counts', () => {
  const audits = [
    { ok: true, lines: [] },
    { ok: false, lines: ['one is missing'] },
  ]
  const result = benchResult({ ...RUN, audits })
  assert.is(result.audited, false)
  assert.ok(result.audit.includes('anvil: one is missing'))
  assert.is(benchResult({ ...RUN, audits: [] }).audited, false)
})

test('what a transfer costs is told beside its bare cost', () => {
  // 64 ms of 4 transfers are 16 ms each; two cores that do 500 a second spend 4.
  const raw = [{ what: 'bare', allowedPerSecond: 500, figures: { us: 4000 } }]
  const rounds = { raw, points: [[point('aitbc', 2)]] }
  const result = benchResult({ ...RUN, rounds } as unknown as BenchRun)
  assert.equal(result.raw, {
    what: 'bare',
    us: 4000,
    allowed_tps: 500,
    share: 0.004,
    cost_ratio: 4,
  })
})

test('a second in which nothing became final is kept, without percentiles', () => {
  const { outcome, ...rest } = point('aitbc', 2)
  const bySecond = [outcome.latencyUs, histogram()]
  const points = [[{ ...rest, outcome: { ...outcome, bySecond, finalBySecond: [4, 0] } }]]
  const result = benchResult({ ...RUN, rounds: { raw: [], points } } as unknown as BenchRun)
  assert.equal(result.seconds[1], { second: 1, p50_ms: null, p99_ms: null, final: 0 })
  const signed = signReport(result, new Uint8Array(32).fill(7))
  assert.match(reportHtml(signed), /Latency over time/)
})

test('the report is one file that needs nothing from elsewhere', () => {
  const html = reportHtml(signReport(benchResult(RUN), new Uint8Array(32).fill(7)))
  assert.match(html, /<svg/)
  assert.not.match(html, /(src|href)\s*=|@import|url\(|<script/i)
})

test.run()
