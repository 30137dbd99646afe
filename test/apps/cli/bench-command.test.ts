// aitbc bench: what it passes on, and that a failure is one.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runCli } from '../../../apps/cli/run-cli.ts'
import type { Terminal } from '../../../apps/cli/terminal.ts'

async function cli(...argv: string[]) {
  let out = ''
  let err = ''
  const terminal: Terminal = {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    interactive: false,
    columns: 80,
    env: process.env,
    cwd: process.cwd(),
  }
  const status = await runCli(argv, terminal)
  return { status, out, err }
}

test('without a name it lists the scenarios', async () => {
  const { status, out } = await cli('bench')
  assert.is(status, 0)
  assert.match(out, /scenarios\/base\n/)
})

test('options reach the bench, and its refusal is an error with three lines', async () => {
  const { status, out, err } = await cli('bench', 'base', '--validators', '0', '--json')
  assert.is(status, 1)
  assert.match(err, /--validators is a whole number from 1 to 21, not "0"/)
  assert.match(err, /error: no good result\nwhy: .*\ndo: /)
  assert.is(JSON.parse(out).error.code, 'BENCH_FAILED')
})

test.run()
