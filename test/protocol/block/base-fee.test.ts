// The base fee of the next block: EIP-1559's rule with its own examples, and that the least fee is
// no trap, although an eighth of it is less than a wei.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { nextBaseFee } from '../../../protocol/block/base-fee.ts'
import { BASE_FEE_INITIAL, BASE_FEE_MIN } from '../../../protocol/params.ts'

const LIMIT = 20_000_000
const TARGET = LIMIT / 2

function next(baseFeePerGas: bigint, gasUsed: number): bigint {
  return nextBaseFee({ baseFeePerGas, gasUsed, gasLimit: LIMIT })
}

test('the examples of go-ethereum: at the target, below it, above it', () => {
  assert.is(next(1_000_000_000n, 10_000_000), 1_000_000_000n)
  assert.is(next(1_000_000_000n, 9_000_000), 987_500_000n)
  assert.is(next(1_000_000_000n, 11_000_000), 1_012_500_000n)
})

test('it falls by an eighth with an empty block, and not below 7 wei', () => {
  assert.is(next(8n, 0), 7n)
  let fee = BASE_FEE_INITIAL
  for (let blocks = 0; blocks < 400; blocks++) {
    const lower = next(fee, 0)
    // What EIP-1559 says, which has no floor: an eighth of 7 wei is none, so it ends there itself.
    assert.is(lower, fee - fee / 8n)
    fee = lower
  }
  assert.is(fee, BASE_FEE_MIN)
})

test('from 7 wei it rises by at least 1 wei with every block above the target', () => {
  assert.is(next(BASE_FEE_MIN, TARGET), BASE_FEE_MIN)
  assert.is(next(BASE_FEE_MIN, TARGET + 1), 8n)
  assert.is(next(BASE_FEE_MIN, LIMIT), 8n)
  assert.is(next(15n, LIMIT), 16n)
  assert.is(next(16n, LIMIT), 18n)
})

test('full blocks bring it from 7 wei to a gwei in 20 seconds of FAST', () => {
  let fee = BASE_FEE_MIN
  let blocks = 0
  for (; fee < BASE_FEE_INITIAL; blocks++) fee = next(fee, LIMIT)
  assert.ok(blocks > 159, 'no faster than an eighth a block')
  assert.ok(blocks < 200, `${blocks} blocks`)
})

test.run()
