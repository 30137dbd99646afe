// Arrays of one slab never share a byte, and begin as zeros.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ByteSlab } from '../../lib/byte-slab.ts'

test('arrays are as long as asked for, empty, and nobody else’s', () => {
  const lengths = fc.array(fc.oneof(fc.nat(300), fc.integer({ min: 15_000, max: 70_000 })), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(lengths, (list) => {
      const slab = new ByteSlab()
      const arrays = list.map((length, i) => {
        const array = slab.take(length)
        assert.is(array.length, length)
        assert.ok(array.every((byte) => byte === 0))
        return array.fill(1 + (i % 255))
      })
      for (const [i, array] of arrays.entries()) {
        assert.ok(array.every((byte) => byte === 1 + (i % 255)))
      }
    }),
    { numRuns: 40 },
  )
})

test.run()
