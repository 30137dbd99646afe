// Measurements of an epoch at their limits, and that a mode does not change what is measured.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type EpochTotals, networkMetrics } from '../../../protocol/epoch/network-metrics.ts'
import { BLOCK_GAS_LIMITS, BLOCK_TIMES_MS, EPOCH_BLOCKS } from '../../../protocol/params.ts'

const TOTALS: EpochTotals = {
  gasUsed: 9_000n,
  gasPerSecond: 1_000n,
  epochMs: 60_000,
  marks: 200,
  authorities: 21,
  windowsWithMarks: 10,
  signedStake: 871n,
  bondedStake: 1000n,
}

const measured = (changed: Partial<EpochTotals>) => networkMetrics({ ...TOTALS, ...changed })

test('shares are in basis points, rounded down', () => {
  assert.equal(networkMetrics(TOTALS), {
    utilization: 1500,
    authorityUptime: 9523,
    stakeRatio: 8710,
  })
  assert.is(measured({ gasUsed: 59_999n }).utilization, 9999)
})

test('no share is more than the whole', () => {
  assert.is(measured({ gasUsed: 60_000n }).utilization, 10_000)
  assert.is(measured({ gasUsed: 10n ** 30n }).utilization, 10_000)
  assert.is(measured({ marks: 211 }).authorityUptime, 10_000)
  assert.is(measured({ signedStake: 1001n }).stakeRatio, 10_000)
})

test('an epoch without time, marks or stake has measurements', () => {
  assert.is(measured({ epochMs: 0 }).utilization, 10_000, 'gas in no time')
  assert.is(measured({ epochMs: 0, gasUsed: 0n }).utilization, 0)
  assert.is(measured({ epochMs: 1, gasUsed: 1n }).utilization, 10_000)
  const silent = measured({ marks: 0, windowsWithMarks: 0, signedStake: 0n, bondedStake: 0n })
  assert.is(silent.authorityUptime, 0, 'who was never seen is not up')
  assert.is(silent.stakeRatio, 0)
})

test('one window with all its marks is full uptime', () => {
  assert.is(measured({ marks: 21, windowsWithMarks: 1 }).authorityUptime, 10_000)
  assert.is(measured({ marks: 20, windowsWithMarks: 1 }).authorityUptime, 9523)
})

test('stakes of any size are exact', () => {
  const bondedStake = 3n * 10n ** 40n
  assert.is(measured({ signedStake: 2n * 10n ** 40n, bondedStake }).stakeRatio, 6666)
})

test('the same traffic is the same utilization in every mode', () => {
  const gasPerSecond = (BigInt(BLOCK_GAS_LIMITS[0]) * 1000n) / BigInt(BLOCK_TIMES_MS[0])
  for (const used of [0n, gasPerSecond / 7n, (gasPerSecond * 3n) / 10n, gasPerSecond]) {
    const seen = ([0, 1, 2] as const).map((mode) => {
      const epochMs = EPOCH_BLOCKS[mode] * BLOCK_TIMES_MS[mode]
      const inBlock = (used * BigInt(BLOCK_TIMES_MS[mode])) / 1000n
      assert.ok(inBlock <= BigInt(BLOCK_GAS_LIMITS[mode]), 'it has room in each')
      const gasUsed = inBlock * BigInt(EPOCH_BLOCKS[mode])
      return measured({ gasUsed, gasPerSecond, epochMs }).utilization
    })
    assert.is(new Set(seen).size, 1, `${used} gas a second measures as ${seen}`)
  }
})

test.run()
