// All modes and their switches with liars among the validators: a few seeds hold and are the same
// when run again; with more liars than the protocol bears there is a fork, and its culprits are
// named; honest ones that forget what they signed are found.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { modesScenario, smallModesScenario } from './modes/modes-scenario.ts'

const SEEDS = 3

test('seeds hold', () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violations, done } = modesScenario.run(seed)
    assert.equal(violations, [], `seed ${seed}`)
    assert.is(done.validators, 51)
    assert.equal(smallModesScenario.run(seed).violations, [], `small seed ${seed}`)
  }
})

/** Verified by taking the check of `handle-proposal.ts` away: this seed makes no progress then. */
test('a block that comes after its notarisation, to a node that nullified, is still checked', () => {
  assert.equal(modesScenario.run(11).violations, [], 'seed 11')
})

/**
 * A record that was written after those of its view were forgotten passed for all that was signed
 * in that view, once the chain was older twice: NULLIFY after FINALIZE.
 */
test('of a view of which anything was forgotten nothing is known', () => {
  assert.equal(modesScenario.run(10_420, { safetyOnly: true }).violations, [], 'seed 10420')
})

test('a seed takes the same course when run again, and another seed another', () => {
  const traces = [3, 3, 4].map((seed) => modesScenario.run(seed).trace)
  assert.is(traces[0], traces[1])
  assert.is.not(traces[0], traces[2])
})

test('nine liars of 21 make a fork, and all nine are named, and nobody else', () => {
  const [fork, blame] = modesScenario.run(2, { byzantine: 9 }).violations
  assert.match(fork ?? '', /^fork: /)
  const named = [...(blame ?? '').matchAll(/\b([as]\d+) \(/g)].map(([, name]) => name)
  assert.equal(named.sort(), ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8'])
})

/** By bug: a seed that shows it, found within the first hundred, and how. */
const SHOWN = {
  'forget-notarize': [26, /^equivocation: \S+ signs 1 in /],
  'forget-finalize': [12, /^equivocation: \S+ ends \S+: finalizes and nullifies/],
  'forget-nullify': [11, /^equivocation: \S+ ends \S+: nullifies and finalizes/],
  'forget-place': [24, /^equivocation: \S+ proposes in /],
  'forget-sign-log': [4, /^equivocation: /],
  'nullify-after-finalize': [12, /^equivocation: \S+ ends \S+: finalizes and nullifies/],
} as const

test('honest members that forget what they signed are found, by each bug that is planted', () => {
  for (const [plant, [seed, shown]] of Object.entries(SHOWN)) {
    const [first] = modesScenario.run(seed, { plant, safetyOnly: true }).violations
    assert.match(first ?? '', shown, plant)
    assert.equal(modesScenario.run(seed, { safetyOnly: true }).violations, [], `not ${plant}`)
  }
  assert.equal(Object.keys(SHOWN).sort(), [...modesScenario.plants].sort())
})

test.run()
