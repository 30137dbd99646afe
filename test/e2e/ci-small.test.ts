// The rig's own small manifest, run as a user runs it: where a machine can make namespaces and
// compile the switch. Elsewhere the test is skipped and says why.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { packageRoot } from '../../lib/package-root.ts'
import { missingForRig } from './rig/lab/requirements.ts'

const missing = missingForRig()

if (missing.length > 0) {
  const what = missing.map((one) => one.what).join(', ')
  test.skip(`a killed node and a cut (skipped: this machine lacks ${what})`, () => {})
} else {
  test('a killed node and a cut lose nothing, and both nodes return', () => {
    const root = packageRoot()
    const args = ['scripts/run-e2e.mjs', 'test/e2e/ci-small.yaml', '--json']
    const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', timeout: 170_000 })
    assert.is(run.status, 0, `${run.stdout}${run.stderr}`)
    const { heights, perturbations, invariants } = JSON.parse(run.stdout)
    assert.equal(Object.keys(heights).sort(), ['node0', 'node1', 'node2', 'node3'])
    assert.equal(
      perturbations.map((one: { do: string }) => one.do),
      ['kill', 'partition'],
    )
    assert.ok(perturbations.every((one: { recovered_ms: number }) => one.recovered_ms !== null))
    assert.ok(invariants.length >= 14)
    assert.equal(
      invariants.filter(({ ok }: { ok: boolean }) => !ok),
      [],
    )
  })
}

test('a wrong manifest is refused before anything starts', () => {
  const args = ['scripts/run-e2e.mjs', join('test', 'e2e', 'first-job.test.ts')]
  const run = spawnSync(process.execPath, args, { cwd: packageRoot(), encoding: 'utf8' })
  assert.is(run.status, 2)
  assert.match(run.stderr, /^error: .* is no manifest\nwhy: {3}/)
})

test.run()
