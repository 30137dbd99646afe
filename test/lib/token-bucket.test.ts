// How much may pass in a time: never more than the burst and the rate allow, whatever is asked.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Log2Histogram } from '../../lib/log2-histogram.ts'
import { TokenBucket } from '../../lib/token-bucket.ts'

test('over any time no more passes than the burst and the rate of that time', () => {
  const step = fc.record({ ms: fc.nat(2000), amount: fc.integer({ min: 1, max: 50 }) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const bucket = new TokenBucket(10, 40, 0)
      let now = 0
      let passed = 0
      for (const { ms, amount } of steps) {
        now += ms
        if (bucket.take(amount, now)) passed += amount
        assert.ok(passed <= 40 + (now / 1000) * 10 + 1e-6)
      }
    }),
  )
})

test('what is refused costs nothing, and waiting helps', () => {
  const bucket = new TokenBucket(10, 40, 0)
  assert.ok(bucket.take(40, 0))
  assert.not.ok(bucket.take(10, 500))
  assert.ok(bucket.take(10, 1000))
  assert.not.ok(bucket.take(1, 0), 'a clock that goes back gives nothing')
})

test('a histogram keeps count and sum exactly, and every value in its bucket', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 40 })), (values) => {
      const histogram = new Log2Histogram()
      for (const value of values) histogram.add(value)
      const { buckets, sum } = histogram.view()
      assert.is(
        sum,
        values.reduce((a, b) => a + b, 0),
      )
      for (let i = 0; i < buckets.length - 1; i++) {
        const below = buckets.slice(0, i + 1).reduce((a, b) => a + b, 0)
        assert.is(below, values.filter((value) => value < 2 ** i).length, `below 2^${i}`)
      }
    }),
  )
})

test.run()
