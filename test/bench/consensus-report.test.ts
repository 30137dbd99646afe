// A run of the consensus bench is signed like a scenario's: `bench verify` reads its file, and
// finds a figure that was changed.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { machine } from '../../bench/harness/machine.ts'
import { reportFault } from '../../bench/harness/signed-report.ts'
import { consensusReport } from '../../bench/load/consensus/consensus-report.ts'
import { readOptions } from '../../bench/load/consensus/options.ts'
import { packageRoot } from '../../lib/package-root.ts'
import { reportsPage } from '../../scripts/reports-page.ts'
import { nodeArgs } from '../kit/node-args.ts'

const run = (report: string) =>
  consensusReport(
    {
      options: readOptions(['--quick', '--modes', 'FAST']),
      about: machine(),
      loadAfter: 3.26,
      report,
      parts: {
        rows: [{ mode: 'FAST', finality_ms: { p50: 36.2, p99: Number.NaN }, realMs: undefined }],
        goals: [{ goal: 'FAST', got_ms: 461, pass: false }],
      },
    },
    new Uint8Array(32).fill(9),
  )

test('a run is signed with its options, its machine and its loads', () => {
  const report = run('/somewhere/consensus.json') as ReturnType<typeof run> & {
    rows: { finality_ms: { p50: number; p99: number | null } }[]
  }
  assert.is(reportFault(report), undefined)
  assert.is(reportFault(JSON.parse(JSON.stringify({ ...report, report: 'elsewhere' }))), undefined)
  assert.equal(
    [report.scenario, report.options.modes, report.load_after],
    ['consensus', ['FAST'], 3.3],
  )
  assert.is(report.rows[0]?.finality_ms.p99, null)
  const faster = { ...report, rows: [{ ...report.rows[0], finality_ms: { p50: 6.2, p99: null } }] }
  assert.is(reportFault(faster), 'OTHER_ID')
  assert.is(reportFault({ ...report, load_before: 0.01 }), 'OTHER_ID')
})

test('a kept one has a line among the reports that pages quote', () => {
  const page = reportsPage([run('/somewhere/consensus.json')])
  const asked = '--part rows --modes FAST --validators 4 --delays 0 --loads idle --samples 10'
  assert.match(page, new RegExp(`json\\) \\| \`consensus ${asked}\` \\|`))
})

test('bench verify understands its file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aitbc-consensus-report-'))
  try {
    const file = join(folder, 'consensus.json')
    const verify = (report: object) => {
      writeFileSync(file, JSON.stringify(report, null, 2))
      const args = [
        ...nodeArgs(import.meta.url, '../../bench/harness/read-results'),
        'verify',
        file,
      ]
      const { status, stdout } = spawnSync(process.execPath, args, { cwd: packageRoot() })
      return [status, String(stdout).trim()]
    }
    const report = run(file)
    const { key } = report.signature
    assert.equal(verify(report), [0, `${report.id} holds, signed by ${key}`])
    assert.equal(verify({ ...report, commit: 'other' }), [1, 'does not hold: OTHER_ID'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.run()
