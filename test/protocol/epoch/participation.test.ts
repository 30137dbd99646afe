// Attendance: who is seen in which tenth of an epoch, and what the mode policy and the seed are
// made from.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { epochMetrics } from '../../../protocol/epoch/network-metrics.ts'
import { attendance } from '../../../protocol/epoch/participation.ts'
import { GENESIS_PARAMS_DEFAULT } from '../../../protocol/genesis/genesis-params.ts'
import { sign, WALLETS } from '../chain-world.ts'
import { BLOCK_MS, EpochWorld, genesisValidator, specOf } from './epoch-world.ts'

const tenBlocks = () =>
  new EpochWorld(
    specOf({
      params: { ...GENESIS_PARAMS_DEFAULT, epochBlocks: [20, 20, 20], modePolicy: 1 },
      validators: [0, 1, 2, 3].map((number) => genesisValidator(number)),
    }),
  )

const uptimeOf = (world: EpochWorld, rules = world.rules) =>
  epochMetrics(world.words, rules, rules.startMs + 1).authorityUptime

test('an authority counts once in each window in which it voted', () => {
  const world = tenBlocks()
  const { set } = world.rules
  // Two blocks a window. Number 3 votes in the first two windows only, and late there.
  for (let view = 1; view < 20; view++) {
    const participation =
      view < 4 ? world.participation(view) : world.participation(view, [0, 1, 2])
    world.step({ sidecar: { participation } })
  }
  assert.is(uptimeOf(world), Math.floor((32 * 10_000) / 40))
  assert.equal(attendance(world.words, set).absent, [])
  world.step()
  assert.is(uptimeOf(world), 0, 'a new epoch begins with nothing')
})

test('late votes of the last view count, older ones do not', () => {
  const world = tenBlocks()
  const uptime = () => uptimeOf(world)
  world.step({ sidecar: { participation: world.participation(5, [0, 1, 2]) } })
  assert.is(uptime(), 7500)
  world.step({ sidecar: { participation: world.participation(4, [1, 2, 3]) } })
  assert.is(uptime(), 7500)
  world.step({ sidecar: { participation: world.participation(5, [0, 1, 2, 3]) } })
  // The second window has only just begun and knows all four.
  assert.is(uptime(), Math.floor((7 * 10_000) / 8))
})

test('who is never seen in half of the windows or more is absent', () => {
  const world = tenBlocks()
  const { set } = world.rules
  for (let view = 1; view <= 8; view++) {
    world.step({ sidecar: { participation: world.participation(view, [0, 1, 2]) } })
  }
  assert.equal(attendance(world.words, set).absent, [], 'four windows prove nothing')
  world.step({ sidecar: { participation: world.participation(9, [0, 1, 2]) } })
  assert.equal(attendance(world.words, set).absent, [set.validators[3]])
})

test('a certificate without a quorum, of another epoch or kind is refused', () => {
  const world = tenBlocks()
  const refused = (participation: Uint8Array) =>
    assert.throws(() => world.step({ sidecar: { participation } }), /BAD_PARTICIPATION/)
  refused(world.participation(1, [0, 1]))
  refused(Uint8Array.of(9))
  const forged = world.participation(1)
  forged[forged.length - 1] = (forged.at(-1) as number) ^ 1
  refused(forged)
  const old = world.participation(7)
  world.epoch()
  refused(old)
  refused(world.checkpoint())
})

test('load is gas against what the time had room for', () => {
  const world = tenBlocks()
  const { rules } = world
  const from = WALLETS[0] as (typeof WALLETS)[0]
  world.step({ sent: [sign(from, {}), sign(from, { nonce: 1 })] })
  world.step()
  const elapsed = 2 * BLOCK_MS
  const expected = Math.floor((42_000 * 10_000) / (1_000_000 * elapsed))
  assert.is(expected, 2)
  assert.is(epochMetrics(world.words, rules, rules.startMs + elapsed).utilization, expected)
})

/** The seed after an epoch of six whose block number `odd` has another proposer. */
function seedWith(odd: number): string {
  const world = new EpochWorld()
  for (let i = 1; i <= 6; i++) {
    world.step(i === odd ? { proposer: i % 4 === 0 ? 1 : 0 } : {})
  }
  return world.rules.seed
}

test('the seed is drawn from the first two thirds of the epoch and from nothing else', () => {
  const usual = seedWith(0)
  for (const odd of [1, 2, 3, 4]) assert.is.not(seedWith(odd), usual, `block ${odd}`)
  for (const odd of [5, 6]) assert.is(seedWith(odd), usual, `block ${odd}`)
})

test.run()
