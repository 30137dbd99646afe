// The course of `aitbc run` with a coordinator and a purse that a test plays: what is waited for,
// what is given up, and when money that was locked is let go of.

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { CliError } from '../../../apps/cli/cli-error.ts'
import type { JobDesk, JobQuote } from '../../../apps/cli/job-desk.ts'
import type { JobPayer, LockedMoney } from '../../../apps/cli/job-payer.ts'
import { runJob } from '../../../apps/cli/run-job.ts'

const request = { type: 'inference', model_id: 'm', input_data: 'x', requirements: {} }
const quote: JobQuote = {
  request: '{}',
  jobId: `0x${'aa'.repeat(32)}`,
  requestHash: `0x${'bb'.repeat(32)}`,
  modelId: 'm',
  modelRoot: `0x${'cc'.repeat(32)}`,
  priceWei: 5n,
  deadlineSeconds: 2_000_000_000,
  coordinator: `0x${'0c'.repeat(20)}`,
  market: `0x${'0d'.repeat(20)}`,
  matching: 1,
  lock: { payee: 7, deadline: 900 },
}

/** `answers`: of the coordinator to one submission after the other. */
function world(answers: (CliError | undefined)[], patienceMs: number, isPaidBefore = false) {
  const told: string[] = []
  const locked: LockedMoney = {
    money: { rollup_lock: { lock: 3, use: 0 } },
    line: 'locked',
    patienceMs,
    giveBack: async () => 'given back',
    end: (isOver) => told.push(`end ${isOver}`),
  }
  const payer: JobPayer = {
    payment: 'rollup',
    lock: async () => {
      told.push('lock')
      return locked
    },
    unfinished: async () => (isPaidBefore ? { quote, locked } : undefined),
  }
  const desk = {
    quote: async () => quote,
    submit: async () => {
      const answer = answers.shift()
      told.push(answer?.code ?? 'taken')
      if (answer) throw answer
    },
    async *events() {},
    job: async () => ({
      status: 'failed',
      modelId: 'm',
      output: null,
      paidWei: 0n,
      refundedWei: 5n,
      settleTx: undefined,
      settleBlock: 9,
      errorCode: 'INVALID_INPUT',
      errorMessage: 'too long',
    }),
  } as unknown as JobDesk
  const say = {
    line: (text: string) => void (text === 'given back' && told.push(text)),
    text: () => {},
    document: () => {},
  }
  const data = mkdtempSync(join(tmpdir(), 'aitbc-run-job-'))
  return { told, run: () => runJob({ request, payer, desk, data, say: say as never }) }
}

const away = () => new CliError('UNREACHABLE', 'no answer', 'down', 'wait')
const refusal = () => new CliError('REFUSED', 'the coordinator refused', 'no', 'look')

test('a coordinator that is away is waited for where the money is locked in any case', async () => {
  const { told, run } = world([away(), undefined], 60_000)
  const document = await run()
  assert.equal([document.status, document.rollup_lock], ['failed', { lock: 3, use: 0 }])
  assert.equal(told, ['lock', 'UNREACHABLE', 'taken', 'end true'])
})

test('a refusal ends it; silence for too long leaves it to the same command', async () => {
  for (const [answer, isOver] of [
    [refusal(), true],
    [away(), false],
  ] as const) {
    const { told, run } = world([answer], 0)
    try {
      await run()
      assert.unreachable('it must fail')
    } catch (error) {
      assert.is((error as CliError).code, answer.code)
    }
    assert.equal(told, ['lock', answer.code, 'given back', `end ${isOver}`])
  }
})

test('what an earlier command has paid for is not paid for again', async () => {
  const { told, run } = world([undefined], 0, true)
  assert.is((await run()).job_id, quote.jobId)
  assert.equal(told, ['taken', 'end true'])
})

test.run()
