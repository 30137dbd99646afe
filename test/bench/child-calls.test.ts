// The processes that benches ask: each of ours starts, answers, says why it cannot, and its end is
// told to whoever waits.

import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ChildCalls } from '../../bench/harness/child-calls.ts'
import { packageRoot } from '../../lib/package-root.ts'

type Ask = { readonly do: 'drain'; readonly withinMs: number }
type Answer = { readonly done: 'drain'; readonly empty: boolean }

const PROGRAMS = [
  'harness/transfers/generator-process.ts',
  'scenarios/rollup/generator/generator-process.ts',
  'scenarios/rollup/clients/clients-process.ts',
]

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => '',
    (error: Error) => error.message,
  )

test('every generator refuses what it is not set up for, and says so', async () => {
  for (const path of PROGRAMS) {
    const program = join(packageRoot(), 'bench', path)
    const calls = new ChildCalls<Ask, Answer>(program, () => {})
    const drain = () => calls.call({ do: 'drain', withinMs: 1 })
    assert.match(await failureOf(drain()), /not set up/, path)
    assert.match(await failureOf(drain()), /not set up/, 'the first failure is what counts')
    calls.stop()
  }
})

test('whoever waits hears that the process has ended', async () => {
  const calls = new ChildCalls<Ask, Answer>('/nonexistent/program.ts', () => {})
  const asked = calls.call({ do: 'drain', withinMs: 1 })
  assert.match(await failureOf(asked), /the generator ended: 1/)
})

test.run()
