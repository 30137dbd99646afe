// The mode policy on a chain: measured from blocks, remembered in the state, told in a sentence.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Hex } from '../../../lib/hex.ts'
import { BALANCED_STAKE_PUBLISHED } from '../../../protocol/consensus/epoch-rules.ts'
import type { ModeNumber } from '../../../protocol/consensus/validator-set.ts'
import { type ModePolicy, saveParams } from '../../../protocol/epoch/epoch-params.ts'
import { loadAnnouncement, saveAnnouncement } from '../../../protocol/epoch/epoch-storage.ts'
import { decideNextMode, lastDecision } from '../../../protocol/epoch/policy-storage.ts'
import { GENESIS_PARAMS_DEFAULT } from '../../../protocol/genesis/genesis-params.ts'
import { PINNED } from '../../../protocol/governance/governance-storage.ts'
import { EpochWorld, specOf } from './epoch-world.ts'

const short = { ...GENESIS_PARAMS_DEFAULT, epochBlocks: [4, 4, 4] as const }
const NO_VOTES = { load: () => 0n }

/** One epoch in which these validators vote on every block; checkpoints are signed by all. */
function epoch(world: EpochWorld, signers?: readonly number[]): void {
  const { epoch } = world.rules
  for (let view = 1; world.rules.epoch === epoch; view++) {
    const participation = world.participation(view, signers)
    const checkpoint = view === 1 && world.open ? { checkpoint: world.checkpoint() } : {}
    world.step({ sidecar: { participation, ...checkpoint } })
  }
}

test('an idle chain whose authorities vote goes to FAST and says why', () => {
  const world = new EpochWorld(specOf({ mode: 1, params: { ...short, modePolicy: 0 } }))
  assert.is(lastDecision(world.words, NO_VOTES), undefined)
  const modes: number[] = []
  const reasons: (string | undefined)[] = []
  for (let i = 0; i < 13; i++) {
    modes.push(world.rules.mode)
    epoch(world)
    reasons.push(lastDecision(world.words, NO_VOTES)?.reason)
  }
  assert.equal(modes, [...Array(11).fill(1), 0, 0])
  const numbers = 'auto: load 0.0 %, uptime 100.0 %, stake 100.0 % -> FAST; '
  assert.is(reasons[1], `${numbers}2 of 3 epochs agree`)
  assert.is(reasons[9], `${numbers}switches from BALANCED to FAST`)
  assert.is(lastDecision(world.words, NO_VOTES)?.target, loadAnnouncement(world.words).mode)
})

test('a silent authority is measured, and a checkpoint’s stake from the first one on', () => {
  const world = new EpochWorld(specOf({ mode: 1, params: { ...short, modePolicy: 0 } }))
  const seen = [0, 1].map(() => {
    epoch(world, [0, 1, 2])
    return lastDecision(world.words, NO_VOTES)?.reason
  })
  assert.equal(seen, [
    'auto: load 0.0 %, uptime 75.0 %, stake 0.0 % -> BALANCED; 1 of 3 epochs agree',
    'auto: load 0.0 %, uptime 75.0 %, stake 100.0 % -> SECURE; 1 of 3 epochs agree',
  ])
})

/** A state in which nothing was decided yet. */
function bare(mode: ModeNumber, modePolicy: ModePolicy) {
  const slots = new Map<Hex, bigint>()
  const words = {
    load: (slot: Hex) => slots.get(slot) ?? 0n,
    save: (slot: Hex, word: bigint) => void slots.set(slot, word),
  }
  const { epochBlocks, epochMs } = GENESIS_PARAMS_DEFAULT
  const balancedStake = BALANCED_STAKE_PUBLISHED
  saveParams(words, { modePolicy, epochBlocks, epochMs })
  saveAnnouncement(words, { mode, set: { validators: [] }, balancedStake })
  return words
}

test('a vote stands above the genesis, the genesis above what is measured', () => {
  const idle = { utilization: 0, authorityUptime: 10_000, stakeRatio: 10_000 }
  const voted = { load: (slot: Hex) => (slot === PINNED ? 3n : 0n) }
  for (const policy of [0, 1, 2] as const) {
    const words = bare(1, policy)
    assert.is(decideNextMode(words, voted, idle, 1), 2)
    assert.is(lastDecision(words, voted)?.reason, 'pinned by vote')
  }
  const pinned = bare(1, 1)
  for (let i = 0; i < 20; i++) assert.is(decideNextMode(pinned, NO_VOTES, idle, 1), 1)
  assert.is(lastDecision(pinned, NO_VOTES)?.reason, 'pinned by genesis')
  const cycling = bare(1, 2)
  assert.equal(
    [1, 2, 0].map((mode) => decideNextMode(cycling, NO_VOTES, idle, mode as ModeNumber)),
    [2, 0, 1],
  )
})

test.run()
