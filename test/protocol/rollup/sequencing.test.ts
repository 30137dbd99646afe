// Who may make the next claim, at the borders: the last sequencer always, the kth after it exactly
// k seconds later, around the end of the set, and when the last one is no longer in it.
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Hex } from '../../../lib/hex.ts'
import { FAILOVER_MS } from '../../../protocol/params.ts'
import {
  eligible,
  eligibleFrom,
  firstSequencer,
  turnOf,
} from '../../../protocol/rollup/sequencing.ts'
import { account, rulesOf, validatorSet } from './rollup-world.ts'

const NOW = 1_800_000_000_000
const seedOf = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const operator = (n: number) => account(100 + n)

test('the kth validator after the last sequencer may go k seconds later, not a millisecond before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(8), fc.nat(63), (count, nth, shard) => {
      const rules = rulesOf(validatorSet(count))
      const last = { sequencer: operator(nth % count), timestampMs: NOW }
      for (let k = 0; k < count; k++) {
        const index = ((nth % count) + k) % count
        const from = NOW + k * FAILOVER_MS
        assert.is(turnOf(rules, last, shard, index), k)
        assert.is(eligibleFrom(rules, last, shard, index), from)
        assert.ok(eligible(rules, last, shard, index, from))
        assert.not(eligible(rules, last, shard, index, from - 1))
      }
    }),
  )
})

test('an index that the set does not have is never eligible', () => {
  const rules = rulesOf(validatorSet(4))
  const last = { sequencer: operator(0), timestampMs: NOW }
  for (const index of [4, 5, 0xffff_ffff]) assert.not(eligible(rules, last, 0, index, NOW + 1e9))
})

test('without the last sequencer the epoch draws who is first, another one for each shard', () => {
  const set = validatorSet(4)
  for (const seed of [0, 1, 2, 3, 4, 255]) {
    const rules = rulesOf(set, seedOf(seed))
    const last = { sequencer: operator(77), timestampMs: NOW }
    const first = [0, 1, 2, 3].map((shard) => firstSequencer(rules, shard))
    assert.equal([...first].sort(), [0, 1, 2, 3])
    for (const [shard, index] of first.entries()) {
      assert.ok(eligible(rules, last, shard, index, NOW))
      assert.not(eligible(rules, last, shard, (index + 1) % 4, NOW + FAILOVER_MS - 1))
      assert.ok(eligible(rules, last, shard, (index + 1) % 4, NOW + FAILOVER_MS))
    }
  }
})

test('a shard that was idle for the whole round takes a claim from anybody', () => {
  const rules = rulesOf(validatorSet(7))
  const last = { sequencer: operator(5), timestampMs: NOW }
  const indices = [0, 1, 2, 3, 4, 5, 6]
  assert.ok(indices.every((index) => eligible(rules, last, 0, index, NOW + 6 * FAILOVER_MS)))
  assert.not(indices.every((index) => eligible(rules, last, 0, index, NOW + 6 * FAILOVER_MS - 1)))
})

test.run()
