// Gates and comparisons of results: a figure that is missing passes no gate.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { BenchResult } from '../../bench/harness/bench-result.ts'
import { HdrHistogram } from '../../bench/harness/hdr-histogram.ts'
import { checkSum, type LoadOutcome } from '../../bench/harness/load-plan.ts'
import { compareLines, gateLines } from '../../bench/harness/result-ratios.ts'

const RESULT = {
  scenario: 'base',
  validators: 1,
  committed_tps: 1000,
  raw: { share: 0.81 },
  comparators: [{ name: 'anvil', tps: 200, ratio: 5 }],
  audited: true,
  valid: true,
  machine: { commit: 'abc', cores: 2, cpu: 'x', load_before: 0 },
} as unknown as BenchResult
const GATES = {
  'base, 1 validators': { 'raw.share': { least: 0.8 }, 'comparators.anvil.ratio': { least: 4 } },
}

test('a result within its gates passes; each way of missing one fails', () => {
  assert.is(gateLines(RESULT, GATES).ok, true)
  const wrong: Partial<BenchResult>[] = [
    { raw: { share: 0.79 } },
    { comparators: [{ name: 'anvil', tps: 300, ratio: 3.3 }] },
    { comparators: [] },
    { audited: false },
    { valid: false },
  ]
  for (const change of wrong) {
    const { ok, lines } = gateLines({ ...RESULT, ...change }, GATES)
    assert.is(ok, false, JSON.stringify(change))
    assert.ok(lines.some((line) => line.startsWith('FAIL')))
  }
  assert.throws(() => gateLines({ ...RESULT, validators: 7 }, GATES), /no gates/)
})

test('a comparison has the ratio of every figure that both have', () => {
  const lines = compareLines(RESULT, { ...RESULT, committed_tps: 1500, audited: false })
  assert.ok(lines.some((line) => /^committed_tps .* 1000 .* 1500 +1\.500$/.test(line)))
  assert.ok(lines.some((line) => line.startsWith('comparators.anvil.ratio')))
  assert.match(lines[1] as string, /NOT TO BE RELIED ON/)
  assert.throws(() => compareLines(RESULT, { ...RESULT, scenario: 'rpc' }), /different/)
})

test('counts that do not add up are no result', () => {
  const latencyUs = new HdrHistogram()
  latencyUs.record(5, 3)
  const counts = { offered: 5, committed: 3, failed: 1, expired: 1 }
  const outcome = { ...counts, latencyUs } as unknown as LoadOutcome
  checkSum(outcome)
  assert.throws(() => checkSum({ ...outcome, expired: 0 }), /are not the 5 offered/)
  assert.throws(() => checkSum({ ...outcome, committed: 4, failed: 0 }), /their time/)
})

test.run()
