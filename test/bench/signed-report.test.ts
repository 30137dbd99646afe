// A report says whose it is, and nothing in it can be changed afterwards.

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { BenchResult } from '../../bench/harness/bench-result.ts'
import { reportCsv } from '../../bench/harness/report-csv.ts'
import { reporterKey } from '../../bench/harness/reporter-key.ts'
import { reportFault, type SignedReport, signReport } from '../../bench/harness/signed-report.ts'

const SEED = new Uint8Array(32).fill(7)
const POINT = { target: 'a, "b"', name: 'round 1', p50_ms: 1.5, p99_ms: null, carried: true }
const RESULT = {
  scenario: 'finality',
  committed_tps: 99532.8,
  finality_ms: { p50: 198, p90: 283.1, p99: 864.8, max: 1022.1 },
  rounds: [POINT],
  steps: [],
  report: '/somewhere/finality.html',
} as unknown as BenchResult

/** As it comes back from its file. */
function read(report: object): SignedReport {
  return JSON.parse(JSON.stringify(report, null, 2)) as SignedReport
}

test('a report holds wherever its file lies, and no longer once a figure is changed', () => {
  const report = read(signReport(RESULT, SEED))
  assert.match(report.id, /^[0-9a-f]{16}$/)
  assert.is(reportFault(report), undefined)
  assert.is(reportFault({ ...report, report: 'elsewhere.html' }), undefined)
  assert.is(reportFault({ ...report, committed_tps: 199532.8 }), 'OTHER_ID')
  const rounds = [{ ...report.rounds[0], p50_ms: 1.4 }] as unknown as SignedReport['rounds']
  assert.is(reportFault({ ...report, rounds }), 'OTHER_ID')
  assert.is(reportFault(RESULT), 'NOT_SIGNED')
})

test('an id that was made to fit has no signature', () => {
  const ours = read(signReport(RESULT, SEED))
  const other = signReport({ ...RESULT, committed_tps: 199532.8 }, new Uint8Array(32).fill(8))
  assert.is(reportFault({ ...other, signature: ours.signature }), 'BAD_SIGNATURE')
  const { key } = ours.signature
  assert.is(reportFault({ ...other, signature: { ...other.signature, key } }), 'BAD_SIGNATURE')
  assert.not.equal(other.id, ours.id)
})

test('the key is made once, for its owner alone, and a file of something else is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aitbc-reporter-'))
  try {
    const made = reporterKey(folder)
    assert.equal(Uint8Array.from(reporterKey(folder)), Uint8Array.from(made))
    assert.is(statSync(join(folder, 'reporter.key')).mode & 0o777, 0o600)
    writeFileSync(join(folder, 'reporter.key'), 'nothing')
    assert.throws(() => reporterKey(folder), /not 32 bytes/)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('steps and rounds are lines of a table', () => {
  const [head, line, end] = reportCsv(RESULT).split('\r\n')
  assert.match(head ?? '', /^target,name,offered_tps/)
  assert.match(line ?? '', /^"a, ""b""",round 1,/)
  assert.is(end, '')
})

test.run()
