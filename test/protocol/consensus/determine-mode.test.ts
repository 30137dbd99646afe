// The published rule at its boundaries: each comparison is strict, and their order matters.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { determineMode } from '../../../protocol/consensus/determine-mode.ts'

const mode = (utilization: number, authorityUptime: number, stakeRatio: number) =>
  determineMode({ utilization, authorityUptime, stakeRatio })

test('a load of exactly 0.3 is no longer low', () => {
  assert.is(mode(2999, 9001, 0), 'FAST')
  assert.is(mode(3000, 9001, 0), 'BALANCED')
})

test('an uptime of exactly 0.9 is not enough for FAST', () => {
  assert.is(mode(0, 9000, 0), 'BALANCED')
  assert.is(mode(0, 9001, 0), 'FAST')
})

test('a load of exactly 0.7 is not yet high', () => {
  assert.is(mode(7000, 10_000, 0), 'BALANCED')
  assert.is(mode(7001, 10_000, 0), 'SECURE')
})

test('a stake of exactly 0.8 is not yet high', () => {
  assert.is(mode(5000, 10_000, 8000), 'BALANCED')
  assert.is(mode(5000, 10_000, 8001), 'SECURE')
})

test('FAST is asked for first: much stake does not prevent it', () => {
  assert.is(mode(2999, 9001, 10_000), 'FAST')
  assert.is(mode(2999, 9000, 10_000), 'SECURE')
})

test.run()
