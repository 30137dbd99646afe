// The step from epoch to epoch: what a boundary block announces acts two epochs later, nothing
// weaker without the stake's signatures, and only what the stake really signed is taken.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { headerTimeMs } from '../../../protocol/block/extra-data.ts'
import { loadCertified } from '../../../protocol/epoch/checkpoint-storage.ts'
import { loadAnnouncement } from '../../../protocol/epoch/epoch-storage.ts'
import { GENESIS_PARAMS_DEFAULT } from '../../../protocol/genesis/genesis-params.ts'
import { EpochWorld, genesisValidator, specOf } from './epoch-world.ts'

const short = { ...GENESIS_PARAMS_DEFAULT, epochBlocks: [6, 5, 4] as const }
const cycling = () => new EpochWorld(specOf({ params: { ...short, modePolicy: 2 } }))

/** Mode of each of the next epochs. */
function modes(world: EpochWorld, epochs: number, certify: (epoch: number) => boolean): number[] {
  const seen: number[] = []
  for (let i = 0; i < epochs; i++) {
    seen.push(world.rules.mode)
    world.epoch({ certify: certify(world.rules.epoch) })
  }
  return seen
}

test('an epoch begins with its own views, seed and length, where the last one ended', () => {
  const world = cycling()
  let start = 1
  for (let epoch = 0; epoch < 6; epoch++) {
    const { rules } = world
    assert.is(rules.epoch, epoch)
    assert.is(rules.startHeight, start)
    assert.is(rules.epochBlocks, [6, 5, 4][rules.mode])
    const { seed } = rules
    world.epoch()
    assert.is(world.block.header.height, start + rules.epochBlocks - 1)
    assert.is(world.rules.startMs, headerTimeMs(world.block.header))
    assert.is.not(world.rules.seed, seed)
    assert.is(world.parentView, 0)
    start += rules.epochBlocks
  }
})

test('time ends an epoch as blocks do', () => {
  const world = new EpochWorld()
  world.step({ timestampMs: world.rules.startMs + world.rules.epochMs - 1 })
  assert.is(world.rules.epoch, 0)
  world.step({ timestampMs: world.rules.startMs + world.rules.epochMs })
  assert.is(world.rules.epoch, 1)
  world.step()
  assert.is(world.rules.epoch, 1)
})

test('what a boundary block announces acts two epochs later', () => {
  const world = cycling()
  assert.equal(
    modes(world, 8, () => true),
    [0, 0, 1, 2, 0, 1, 2, 0],
  )
  assert.is(loadAnnouncement(world.words).mode, 2)
})

test('without the checkpoint only more stake security takes effect', () => {
  // The checkpoints of epochs 1 and 2 never come: BALANCED and SECURE act all the same, FAST does
  // not. From epoch 4 on there are checkpoints again.
  const world = cycling()
  assert.equal(
    modes(world, 9, (epoch) => epoch < 2 || epoch > 3),
    [0, 0, 1, 2, 2, 1, 2, 0, 1],
  )
})

test('a checkpoint needs more than two thirds of the stake, whoever has the authority', () => {
  const validators = [0, 1, 2, 3].map((number) => genesisValidator(number))
  const staker = genesisValidator(4, { authority: false, stake: 8n * (validators[0]?.stake ?? 0n) })
  const world = new EpochWorld(specOf({ validators: [...validators, staker] }))
  world.epoch()
  assert.is(loadCertified(world.words), undefined)
  const refused = (checkpoint: Uint8Array, why: RegExp) =>
    assert.throws(() => world.step({ sidecar: { checkpoint } }), why)
  refused(world.checkpoint([0, 1, 2, 3]), /BAD_CHECKPOINT NO_QUORUM/)
  refused(world.checkpoint([4]), /BAD_CHECKPOINT NO_QUORUM/)
  refused(world.checkpoint([0, 4], { height: 5 }), /BAD_CHECKPOINT of another block/)
  const { checkpoint } = world.open as { checkpoint: { announced: object; next: object } }
  const weaker = { ...checkpoint.announced, mode: 2 } as never
  refused(world.checkpoint([0, 4], { announced: weaker }), /BAD_CHECKPOINT of another block/)
  refused(world.participation(0), /BAD_CHECKPOINT not a checkpoint/)
  refused(Uint8Array.of(1, 2), /BAD_CHECKPOINT not a checkpoint/)
  const forged = world.checkpoint([0, 4])
  forged[forged.length - 1] = (forged.at(-1) as number) ^ 1
  refused(forged, /BAD_CHECKPOINT BAD_SIGNATURE/)
  const boundary = world.block
  const late = world.checkpoint([0, 4])
  world.step({ sidecar: { checkpoint: late } })
  assert.equal(loadCertified(world.words), {
    epoch: 0,
    height: boundary.header.height,
    hash: boundary.hash,
    stakeRatio: 7500,
  })
  refused(late, /BAD_CHECKPOINT recorded already/)
  while (world.rules.epoch === 1) world.step()
  refused(late, /BAD_CHECKPOINT of another epoch/)
})

test('only what every block must say, as the parent’s state has it', () => {
  const world = new EpochWorld()
  world.epoch()
  const right = world.decide()
  const refused = (over: object, why: RegExp) => {
    const decide = world.decide
    world.decide = () => ({ ...right, ...over })
    assert.throws(() => world.step(), why)
    world.decide = decide
  }
  refused({ epoch: 0 }, /WRONG_EPOCH/)
  refused({ epoch: 2 }, /WRONG_EPOCH/)
  refused({ mode: 1 }, /WRONG_MODE/)
  refused({ view: 0 }, /WRONG_VIEW/)
  refused({ view: 2 }, /WRONG_VRF/)
  refused({ proposer: 0 }, /WRONG_SIDECAR proposer/)
  refused({ timestampMs: right.timestampMs - 200 }, /WRONG_TIME/)
  const sidecar = (over: object) => world.decide({ sidecar: over }).sidecar
  refused({ sidecar: sidecar({ parentView: 6 }) }, /WRONG_SIDECAR view of the parent/)
  refused({ sidecar: sidecar({ validatorSetHash: world.rules.seed }) }, /WRONG_SIDECAR validator/)
  refused({ sidecar: sidecar({ vrfProof: new Uint8Array(80) }) }, /WRONG_VRF/)
  refused({ sidecar: sidecar({ proposer: 7 }), proposer: 7 }, /WRONG_PROPOSER/)
  refused({ sidecar: new Uint8Array(3) }, /WRONG_SIDECAR undecodable/)
  world.step()
})

test.run()
