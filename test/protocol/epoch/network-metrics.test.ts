// Measurements of an epoch at their limits, and that a mode does not change what is measured.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { utilization } from '../../../protocol/epoch/accumulators.ts'
import { basisPoints } from '../../../protocol/epoch/basis-points.ts'
import {
  BLOCK_GAS_LIMITS,
  BLOCK_TIMES_MS,
  EPOCH_BLOCKS,
  GAS_PER_MS,
} from '../../../protocol/params.ts'

/** With so much gas used. */
const measured = (gasUsed: bigint, epochMs: number) => utilization({ load: () => gasUsed }, epochMs)

test('shares are rounded down, and none is more than the whole', () => {
  assert.is(basisPoints(1n, 3n), 3333)
  assert.is(basisPoints(59_999n, 60_000n), 9999)
  assert.is(basisPoints(60_000n, 60_000n), 10_000)
  assert.is(basisPoints(10n ** 30n, 7n), 10_000)
  assert.is(basisPoints(2n * 10n ** 40n, 3n * 10n ** 40n), 6666, 'stakes of any size are exact')
  assert.throws(() => basisPoints(-1n, 7n), 'negative')
})

test('an epoch without time, marks or stake has measurements', () => {
  assert.is(basisPoints(0n, 0n), 0, 'who was never seen is not up')
  assert.is(measured(0n, 0), 0)
  assert.is(measured(1n, 0), 10_000, 'gas in no time')
  assert.is(measured(1n, -5), 10_000)
  assert.is(measured(GAS_PER_MS / 2n, 1), 5000)
  assert.is(measured(GAS_PER_MS * 9n, 1), 10_000)
})

test('the same traffic is the same utilization in every mode', () => {
  const perSecond = GAS_PER_MS * 1000n
  for (const used of [0n, perSecond / 7n, (perSecond * 3n) / 10n, perSecond]) {
    const seen = ([0, 1, 2] as const).map((mode) => {
      const inBlock = (used * BigInt(BLOCK_TIMES_MS[mode])) / 1000n
      assert.ok(inBlock <= BigInt(BLOCK_GAS_LIMITS[mode]), 'it has room in each')
      const gasUsed = inBlock * BigInt(EPOCH_BLOCKS[mode])
      return measured(gasUsed, EPOCH_BLOCKS[mode] * BLOCK_TIMES_MS[mode])
    })
    assert.is(new Set(seen).size, 1, `${used} gas a second measures as ${seen}`)
  }
})

test.run()
