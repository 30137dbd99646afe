// The switch in real namespaces: it delays, loses, cuts one way and narrows, and heals. Skipped
// where no namespaces can be made.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nodeArgs } from '../../kit/node-args.ts'
import { UNSHARE } from './lab/enclosure.ts'
import { missingForRig } from './lab/requirements.ts'

const missing = missingForRig()

if (missing.length > 0) {
  const what = missing.map((one) => one.what).join(', ')
  test.skip(`the switch (skipped: this machine lacks ${what})`, () => {})
} else {
  test('the switch does to frames what its table says', () => {
    const folder = mkdtempSync(join(tmpdir(), 'aitbc-switch-'))
    const program = nodeArgs(import.meta.url, './try-switch')
    const args = [...UNSHARE, process.execPath, ...program, folder]
    const run = spawnSync('unshare', args, { encoding: 'utf8', timeout: 100_000 })
    rmSync(folder, { recursive: true })
    assert.is(run.status, 0, run.stderr)
    const { clean, delayed, lossy, cut, healed, narrow } = JSON.parse(run.stdout)
    assert.is(clean.back, 100)
    assert.is(delayed.back, 100)
    // The switch adds 50 ms of delay; what comes on top is the machine's.
    assert.ok(delayed.ms >= 50, `${delayed.ms} ms`)
    assert.ok(lossy.back > 150 && lossy.back < 260, `${lossy.back} of 300 at a loss of 30 %`)
    assert.is(cut.back, 0)
    assert.is(healed.back, 100)
    assert.ok(narrow.ms > 100, `${narrow.ms} ms`)
  })
}

test.run()
