// The runner on trap files: each way in which a test file can look green without proving anything.

import { spawnSync } from 'node:child_process'
import { test } from 'uvu'
import * as assert from 'uvu/assert'

function runner(...args: string[]) {
  const command = ['--import', 'tsx', 'scripts/test.ts', '--dir', 'test/fixtures/runner', ...args]
  const result = spawnSync(process.execPath, command, { encoding: 'utf8' })
  return { status: result.status, lines: result.stdout.trimEnd().split('\n'), text: result.stdout }
}

test('counts what passed and what was skipped', () => {
  const { status, lines, text } = runner('good')
  assert.is(status, 0)
  assert.is(lines.at(-1), '2 passed, 0 failed, 1 skipped')
  assert.match(
    text,
    /^ok {3}test\/fixtures\/runner\/good\.test\.ts {2}2 passed, 1 skipped {2}\d+ ms$/m,
  )
})

test('every trap is a failure with its reason', () => {
  const { status, lines, text } = runner('--no-checks', '--limit', '6', '--jobs', '3')
  assert.is(status, 1)
  const reasons: Record<string, RegExp> = {
    failing: /1 of 2 tests failed/,
    'zero-tests': /it ran no test/,
    'forgotten-run': /forgotten test\.run\(\)/,
    'forgotten-suite': /forgotten second\.run\(\)/,
    hanging: /did not end within 6 s/,
    crashing: /ended with status 1/,
    'early-end': /printed no totals/,
    'broken-hook': /1 of 1 tests failed/,
    only: /only\( hides the other tests/,
  }
  for (const [name, reason] of Object.entries(reasons)) {
    const start = text.indexOf(`FAIL test/fixtures/runner/${name}.test.ts`)
    assert.ok(start >= 0, `${name} was not failed:\n${text}`)
    const rest = text.slice(start + 1)
    const next = rest.search(/^(FAIL|ok {2}) /m)
    assert.match(next < 0 ? rest : rest.slice(0, next), reason, name)
  }
  assert.match(lines.at(-1) ?? '', /^\d+ passed, 9 failed, 2 skipped$/)
})

test('no file at all is a failure', () => {
  const { status, lines } = runner('no-such-file')
  assert.is(status, 1)
  assert.is(lines.at(-1), '0 passed, 1 failed, 0 skipped')
})

test.run()
