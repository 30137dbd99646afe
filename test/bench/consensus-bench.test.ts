// The parts of the consensus bench that compute: when it sends, what it calls a percentile, how
// operations are counted and priced, whether a goal is met. Wrong here is wrong in every figure.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blockCost } from '../../bench/load/consensus/block-cost.ts'
import { CallCounts, countedBls } from '../../bench/load/consensus/count-calls.ts'
import { judge } from '../../bench/load/consensus/goals.ts'
import { ratioTo } from '../../bench/load/consensus/measure-row.ts'
import { percentile, sendTimes } from '../../bench/load/consensus/open-loop.ts'
import { readOptions } from '../../bench/load/consensus/options.ts'
import { statFields } from '../../bench/load/consensus/processor-time.ts'
import { runLoad } from '../../bench/load/consensus/run-load.ts'
import { simulatedCounts } from '../../bench/load/consensus/simulated-counts.ts'
import { lightBls } from '../sim/modes/light-crypto.ts'

test('the schedule has the asked rate, ends in time, and is the same for the same seed', () => {
  const times = sendTimes('a', 100, 60_000)
  assert.ok(Math.abs(times.length - 6000) < 300, `${times.length} sends in a minute`)
  assert.ok(times.every((at, i) => at < 60_000 && at >= (times[i - 1] ?? 0)))
  assert.equal(sendTimes('a', 100, 60_000), times)
  assert.not.equal(sendTimes('b', 100, 60_000), times)
  assert.is(sendTimes('a', 100, 60_000, 7).length, 7)
})

test('a bound of nothing gives no ratio', () => {
  assert.equal(
    [ratioTo(0, 60), ratioTo(0.049, 60), ratioTo(0.1, 60), ratioTo(75, 194)],
    [null, null, 600, 2.6],
  )
})

test('a percentile is the nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i)
  assert.is(percentile(values, 0.5), 50)
  assert.is(percentile(values, 0.99), 99)
  assert.is(percentile(values, 1), 100)
  assert.is(percentile([3, 1], 0.99), 3)
  assert.ok(Number.isNaN(percentile([], 0.5)))
})

test('a transfer that had to wait for a stalled client counts from when it was due', async () => {
  const awaited = new Map<string, () => void>()
  const stalledMs = 60
  const watch = {
    await: (hash: string, known: () => void) => awaited.set(hash, known),
    forget: () => {},
    socket: {
      call: async (_: string, raw: string) => {
        const end = performance.now() + stalledMs
        while (performance.now() < end);
        if (raw === 'bad') throw new Error('nonce too low')
        awaited.get(raw)?.()
      },
    },
  } as unknown as Parameters<typeof runLoad>[0]['watch']
  const transfers = ['one', 'two', 'bad'].map((raw) => ({ raw, hash: raw })) as never
  const result = await runLoad({ watch, transfers, times: [0, 1, 2], settleMs: 2000 })
  assert.is(result.committed, 2)
  assert.is(result.failed, 1)
  assert.equal(result.refusals, { 'nonce too low': 1 })
  // It was sent only once the first had been dealt with, and that is in its time.
  assert.ok(Math.max(...result.finalityMs) >= 2 * stalledMs - 5, `${result.finalityMs}`)
})

test('every call is counted, aggregates by their number, and answers stay the same', () => {
  const counts = new CallCounts()
  const bls = countedBls(lightBls, counts)
  const secrets = [1, 2, 3].map((i) => new Uint8Array(32).fill(i))
  const message = new Uint8Array(32).fill(9)
  const whole = bls.aggregate(secrets.map((secret) => bls.sign(secret, message)))
  const keys = secrets.map((secret) => bls.publicKey(secret))
  assert.ok(bls.verifyAggregate(keys, message, whole))
  assert.not(bls.verifyAggregate(keys.slice(1), message, whole))
  const expected = { sign: 3, 'aggregate 3': 1, 'verify aggregate 3': 1, 'verify aggregate 2': 1 }
  assert.equal(Object.fromEntries(counts.per(1)), expected)
})

test('a block of four honest validators: two votes each, one proposal, one VRF check', () => {
  const plain = lightBls.sign
  const { perBlock, blocks } = simulatedCounts(4, 2000)
  assert.ok(blocks >= 15, `${blocks} blocks in two seconds`)
  const near = (name: string, times: number) => {
    const found = perBlock.get(name) ?? 0
    assert.ok(Math.abs(found - times) < 0.2, `${name}: ${found}, not ${times}`)
  }
  near('sign', 2.25)
  near('receive vote', 6)
  near('receive propose', 0.75)
  near('check', 0.75)
  near('vrf verify', 1)
  near('vrf prove', 0.25)
  near('finalise', 1)
  assert.is(lightBls.sign, plain, 'the simulator has its own signatures back')
})

test('a block costs counts times costs, and an operation without a cost is no zero', () => {
  const costs = new Map([
    ['sign', 0.5],
    ['vrf verify', 2],
    ['receive vote', 0.01],
  ])
  const counts = new Map([
    ['sign', 2],
    ['vrf verify', 1],
    ['receive vote', 6],
  ])
  const cost = blockCost(counts, costs)
  assert.is(cost.byKind.signatures, 1)
  assert.is(cost.byKind.vrf, 2)
  assert.is(cost.messages, 6)
  assert.ok(Math.abs(cost.sumMs - 3.06) < 1e-9)
  assert.throws(() => blockCost(new Map([['verify', 1]]), costs), /verify/)
})

test('a goal is met by rows below it only, and never by one that lost transfers', () => {
  const row = { mode: 'FAST', validators: 4, delay_ms: 0, load: 'idle', failed: 0 } as const
  const passes = (p99: number, failed = 0) =>
    judge([{ ...row, failed, finality_ms: { p50: 1, p99 } }]).map(({ pass }) => pass)
  assert.equal(passes(199.9), [true])
  assert.equal(passes(200), [false])
  assert.equal(passes(10, 1), [false])
  assert.equal(passes(Number.NaN), [false])
})

test('options: lists, quick ones, and refusals that say what there is', () => {
  const all = readOptions([])
  assert.equal([all.modes.length, all.validators, all.delaysMs], [3, [4, 7], [0, 25, 60]])
  const quick = readOptions(['--quick', '--modes', 'secure', '--json'])
  assert.equal([quick.modes, quick.validators, quick.loads], [['SECURE'], [4], ['idle']])
  assert.throws(() => readOptions(['--modes', 'SLOW']), /FAST, BALANCED, SECURE/)
  assert.throws(() => readOptions(['--validators', '5']), /4, 7/)
  assert.throws(() => readOptions(['--delays', '25,x']), /whole numbers/)
})

test('the name of a process may hold brackets and blanks', () => {
  assert.is(statFields('17 (a) b) (c) S 1 17')[0], 'S')
})

test.run()
