// Quorums and leaders: the arithmetic that safety stands on.

import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { EpochRules } from '../../../protocol/consensus/epoch-rules.ts'
import { leaderOf } from '../../../protocol/consensus/leader.ts'
import { isQuorum, type QuorumPurpose, weightOf } from '../../../protocol/consensus/quorum.ts'
import type { ModeNumber } from '../../../protocol/consensus/validator-set.ts'
import { rulesOf, validatorOf } from './rules-of.ts'

/** Authorities with these stakes, then stakers. */
function setOf(mode: ModeNumber, stakes: readonly bigint[], stakers: readonly bigint[] = []) {
  const validators = [...stakes, ...stakers].map((stake, index) =>
    validatorOf({ index, stake, authority: index < stakes.length }),
  )
  return rulesOf(mode, validators, { seed: `0x${'5a'.repeat(32)}` })
}

function isQuorumOf(rules: EpochRules, signers: Set<number>, purpose: QuorumPurpose): boolean {
  return isQuorum(rules, weightOf(rules, signers), purpose)
}

const equal = (n: number) => new Array<bigint>(n).fill(1n)
const first = (k: number) => new Set(Array.from({ length: k }, (_, i) => i))

test('FAST: two quorums always share more than a third, for every size', () => {
  for (let n = 1; n <= 22; n++) {
    const set = setOf(0, equal(n))
    let q = 0
    while (!isQuorumOf(set, first(q), 'block')) q++
    assert.is(q, Math.floor((2 * n) / 3) + 1)
    assert.ok(2 * q - n > (n - 1) / 3 - 1e-9, `n = ${n}: quorums of ${q} share ${2 * q - n}`)
  }
  assert.not.ok(
    isQuorumOf(setOf(0, equal(21)), first(14), 'block'),
    'exactly two thirds is not more',
  )
})

test('SECURE and BALANCED weigh stake, strictly; BALANCED nullifies without it', () => {
  const secure = setOf(2, [2n, 1n])
  assert.not.ok(isQuorumOf(secure, new Set([0]), 'block'), 'exactly two thirds')
  assert.ok(isQuorumOf(setOf(2, [3n, 1n]), new Set([0]), 'block'))
  const balanced = setOf(1, [0n, 0n, 0n, 3n])
  assert.not.ok(isQuorumOf(balanced, new Set([0, 1, 2]), 'block'), 'no stake behind it')
  assert.ok(isQuorumOf(balanced, new Set([0, 1, 2]), 'nullify'))
  assert.ok(isQuorumOf(balanced, new Set([0, 1, 3]), 'block'))
  const hybrid = setOf(1, equal(3), [3n, 6n])
  assert.not.ok(isQuorumOf(hybrid, new Set([0, 1, 2]), 'block'), 'a quarter of the stake')
  assert.ok(isQuorumOf(hybrid, new Set([0, 1, 2, 3]), 'block'))
  assert.not.ok(isQuorumOf(hybrid, new Set([0, 1, 3, 4]), 'block'), 'two of three authorities')
  assert.ok(isQuorumOf(setOf(0, equal(3), [99n]), first(3), 'block'), 'FAST asks no staker')
})

test('leaders follow from the seed alone, and are spread evenly (χ²) or by stake', () => {
  const draws = 6000
  const tally = (rules: EpochRules) => {
    const counts = rules.set.validators.map(() => 0)
    for (let view = 1; view <= draws; view++) {
      const leader = leaderOf(rules, view)
      counts[leader] = (counts[leader] as number) + 1
    }
    return counts
  }
  const chi = (counts: number[], expected: number[]) =>
    counts.reduce(
      (sum, count, i) => sum + (count - (expected[i] as number)) ** 2 / (expected[i] as number),
      0,
    )
  const even = tally(setOf(0, equal(7)))
  // 99.9 % quantiles of χ² with 6 and 2 degrees of freedom; the seed is fixed, so this is no dice.
  assert.ok(
    chi(
      even,
      even.map(() => draws / 7),
    ) < 22.5,
    even.join(' '),
  )
  const staked = tally(setOf(2, [1n, 2n, 3n]))
  assert.ok(chi(staked, [draws / 6, draws / 3, draws / 2]) < 13.8, staked.join(' '))
  // 70 % authorities, 30 % stakers by stake: 4 authorities, stakers of 1 and 3.
  const hybrid = tally(setOf(1, equal(4), [1n, 3n]))
  const shares = [0.175, 0.175, 0.175, 0.175, 0.075, 0.225].map((share) => share * draws)
  assert.ok(chi(hybrid, shares) < 20.5, hybrid.join(' '))
  fc.assert(
    fc.property(fc.nat(), (view) => {
      const set = setOf(1, [5n, 1n, 1n, 1n])
      assert.is(leaderOf(set, view), leaderOf(set, view))
    }),
  )
})

test.run()
