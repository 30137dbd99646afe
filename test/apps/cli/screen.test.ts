// The lines that people read, as functions of what happened.

import * as fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { formatClock, formatMs } from '../../../apps/cli/screen/duration.ts'
import { formatAitbc, parseAitbc } from '../../../apps/cli/screen/money.ts'
import { readyScreen } from '../../../apps/cli/screen/ready-screen.ts'
import * as run from '../../../apps/cli/screen/run-lines.ts'
import { bar, startLine } from '../../../apps/cli/screen/start-lines.ts'
import { statusLine } from '../../../apps/cli/screen/status-line.ts'
import { table } from '../../../apps/cli/screen/table.ts'
import type { ClusterStatus } from '../../../apps/node/cluster-events.ts'

const STATUS: ClusterStatus = {
  height: 104,
  mode: 'FAST',
  facts: undefined,
  finalityMs: { p50: 41.6, p99: 88 },
  validators: [0, 1, 2, 3].map((i) => ({
    id: `node${i}`,
    height: i === 3 ? 90 : 104,
    blockHash: '0x11',
    stateRoot: '0x22',
  })),
  jobs: { completed: 5, running: 1, failed: 2 },
}

test('money is exact and reads back', () => {
  assert.is(formatAitbc(2_100_000_000_000_000n), '0.0021')
  assert.is(formatAitbc(1_234_567n * 10n ** 18n), '1,234,567')
  assert.is(formatAitbc(1n), '0.000000000000000001')
  assert.is(formatAitbc(-5n * 10n ** 17n), '-0.5')
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), (wei) => {
      assert.is(parseAitbc(formatAitbc(wei).replaceAll(',', '')), wei)
    }),
  )
  for (const wrong of ['', '-1', '1e3', '1.', '.5', '1.0000000000000000001', 'NaN', '0x10']) {
    assert.is(parseAitbc(wrong), undefined, wrong)
  }
})

test('times', () => {
  assert.equal([38, 1940, 125_000].map(formatMs), ['38 ms', '1.9 s', '2 min 05 s'])
  assert.is(formatClock(3_725_000), '01:02:05')
})

test('start-up steps, warnings, bars', () => {
  const step = { type: 'step', name: 'validators', ms: 1900, detail: '4 of 4' } as const
  assert.is(startLine(step), ' ✓ validators       1.9 s   4 of 4')
  assert.is(startLine({ type: 'warning', message: 'no GPU' }), ' ! no GPU')
  const half = {
    type: 'download',
    model: 'm',
    file: 'f.onnx',
    bytes: 5e6,
    totalBytes: 1e7,
  } as const
  assert.match(startLine(half) ?? '', /\[████████░░░░░░░░\] 5\.0 MB of 10\.0 MB {2}f\.onnx/)
  assert.is(startLine({ type: 'status', status: STATUS }), undefined)
  assert.is(bar(7), `[${'█'.repeat(16)}]`)
  assert.is(bar(-1), `[${'░'.repeat(16)}]`)
})

test('the status line counts who keeps up, and fits', () => {
  const line = statusLine(STATUS, 12_000, 200)
  assert.match(line, /00:00:12 \| height 104 \| FAST final in 42 ms \(p99 88\)/)
  assert.match(line, /jobs 1 open 5 ok 2 not \| 3\/4 validators/)
  assert.is(statusLine(STATUS, 0, 40).length, 40)
  const untimed = { ...STATUS, finalityMs: { p50: undefined, p99: undefined } }
  assert.match(statusLine(untimed, 0, 200), /no block timed yet/)
})

test('the ready screen fits 45 lines and warns', () => {
  const accounts = Array.from({ length: 10 }, (_, i) => ({
    name: `a${i}`,
    address: `0x${'1'.repeat(40)}`,
    privateKey: `0x${'2'.repeat(64)}`,
  }))
  const endpoints = { rpc: 'http://127.0.0.1:1', ws: 'ws://127.0.0.1:1', api: 'http://127.0.0.1:2' }
  const facts = {
    endpoints,
    accounts,
    balanceWei: 10n ** 24n,
    mnemonic: 'test junk',
    dataOption: 'other',
    logs: 'other/logs',
  }
  const lines = readyScreen(facts)
  const text = lines.join('\n')
  assert.ok(lines.length <= 35)
  assert.match(text, /1,000,000 AITBC each/)
  assert.match(text, /public: development only/)
  assert.match(text, /7 more: \.\/aitbc accounts --data other/)
  assert.not.match(readyScreen({ ...facts, dataOption: '' }).join('\n'), /--data/)
  assert.not.match(readyScreen({ ...facts, balanceWei: undefined }).join('\n'), /AITBC each/)
  const own = { ...facts, accounts: [], endpoints: { ...endpoints, api: '' } }
  assert.not.match(readyScreen(own).join('\n'), /Private key|phrase|REST/)
  assert.match(startLine({ type: 'ready', ms: 5, publicKeys: true }) ?? '', /never send real funds/)
  assert.not.match(startLine({ type: 'ready', ms: 5, publicKeys: false }) ?? '', /public/)
})

test('the lines of a run', () => {
  const tx = `0x9c1e${'0'.repeat(58)}ab`
  assert.match(
    run.quoteLine({ priceWei: 10n ** 15n, modelId: 'm', matching: 1, deadlineSeconds: 0 }),
    /1 provider matches · m · at most 0\.001 AITBC · refunded after 00:00:00 UTC/,
  )
  assert.match(
    run.escrowLine({ wei: 10n ** 15n, tx, block: 231, ms: 534 }),
    /0\.001 locked {3}tx 0x9c1e0000…00ab block 231 final in 534 ms/,
  )
  assert.match(run.assignedLine('0xabc', 'gpu0', 2), /provider gpu0 0xabc \(attempt 2\)/)
  assert.match(run.assignedLine('0xabc', undefined, 1), /provider 0xabc$/)
  assert.match(run.streamedLine(41, 'tokens', 2000), /41 tokens in 2\.0 s · 20\.5 a second/)
  assert.not.match(run.streamedLine(1, 'inputs', 0), /a second/)
  assert.match(
    run.settledLine({ paidWei: 1n, refundedWei: 0n, block: undefined, tx: undefined }),
    /0\.000000000000000001 paid, 0 returned$/,
  )
})

test('columns are as wide as their widest cell', () => {
  assert.equal(
    table([
      ['a', 'bb', 'c'],
      ['ccc', 'd', ''],
    ]),
    ['a    bb  c', 'ccc  d'],
  )
})

test.run()
