// Operations that wait: the same once more waits with the first, and only so many do.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { OperationPool, type OperationResult } from '../../../actors/shard/operation-pool.ts'
import { ROLLUP_OPERATION_ANSWERS_MAX } from '../../../config/shard-limits.ts'
import { LOCK_WORDS, OPERATION_LOCK } from '../../../protocol/rollup/operations.ts'

test('who waited longest for the same hears that it is pending; the others hear the end', () => {
  const pool = new OperationPool()
  const words = new Uint32Array(LOCK_WORDS)
  words[0] = OPERATION_LOCK
  const told: [number, OperationResult][] = []
  for (let i = 0; i < ROLLUP_OPERATION_ANSWERS_MAX + 2; i++) {
    pool.add(Uint32Array.from(words), (result) => told.push([i, result]))
  }
  assert.is(pool.open, 1)
  assert.equal(
    told.map(([i, { code }]) => [i, code]),
    [
      [0, 'PENDING'],
      [1, 'PENDING'],
    ],
  )
  const taken = pool.take(new Uint32Array(0), () => undefined)
  pool.drafted(5, taken, new Map())
  pool.final(5)
  const last = told.slice(2)
  assert.is(last.length, ROLLUP_OPERATION_ANSWERS_MAX)
  for (const [, result] of last) assert.equal(result, { code: '', number: 5, position: 0 })
  assert.is(pool.open, 0)
})

test.run()
