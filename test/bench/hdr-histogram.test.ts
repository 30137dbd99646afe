// The histogram against exact percentiles of the same values, and against that of node:perf_hooks.

import { createHistogram } from 'node:perf_hooks'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { HdrHistogram } from '../../bench/harness/hdr-histogram.ts'

const VALUES = fc.array(
  fc.oneof(fc.nat(3000), fc.integer({ min: 1, max: 2 ** 31 }), fc.maxSafeNat()),
  { minLength: 1, maxLength: 300 },
)
const CAP = 2 ** 40 - 1

test('every percentile is the nearest rank, at most a 1024th above it', () => {
  fc.assert(
    fc.property(VALUES, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const histogram = new HdrHistogram()
      for (const value of values) histogram.record(value)
      const sorted = values.map((value) => Math.min(value, CAP)).sort((a, b) => a - b)
      const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] as number
      const got = histogram.percentile(share)
      assert.ok(got >= exact, `${got} is below ${exact}`)
      assert.ok(got <= exact * (1 + 1 / 1024), `${got} is far above ${exact}`)
      assert.is(histogram.max, sorted.at(-1))
      assert.is(histogram.count, values.length)
    }),
  )
})

test('adding, weights and the state that travels lose nothing', () => {
  fc.assert(
    fc.property(VALUES, VALUES, (left, right) => {
      const [one, other, both] = [new HdrHistogram(), new HdrHistogram(), new HdrHistogram()]
      for (const value of left) one.record(value)
      for (const value of right) {
        other.record(value, 3)
        for (let i = 0; i < 3; i++) both.record(value)
      }
      for (const value of left) both.record(value)
      one.add(new HdrHistogram(structuredClone(other.state())))
      assert.equal(one.state(), both.state())
      assert.is(one.mean, both.mean)
    }),
    { numRuns: 20 },
  )
})

test('it agrees with the histogram of node:perf_hooks', () => {
  const theirs = createHistogram({ figures: 3, highest: 2 ** 40 })
  const ours = new HdrHistogram()
  for (let i = 1; i < 20_000; i++) {
    const value = (i * 7919) % 1_000_003
    theirs.record(value + 1)
    ours.record(value + 1)
  }
  for (const percent of [1, 50, 90, 99, 99.9, 100]) {
    const [got, wanted] = [ours.percentile(percent / 100), theirs.percentile(percent)]
    assert.ok(Math.abs(got - wanted) <= wanted / 500, `p${percent}: ${got}, theirs ${wanted}`)
  }
})

test('nothing has no percentile', () => {
  assert.ok(Number.isNaN(new HdrHistogram().percentile(0.5)))
})

test.run()
