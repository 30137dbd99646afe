// A light client over a chain with changing validators in all three modes, followed from its
// genesis; and every way to deceive it that has a code.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import type { Block } from '../../../protocol/block/block.ts'
import { decodeCheckpoint, encodeCheckpoint } from '../../../protocol/consensus/checkpoint.ts'
import { encodeValidatorSet } from '../../../protocol/consensus/validator-set.ts'
import { CHECKPOINT, FINALIZE } from '../../../protocol/consensus/vote.ts'
import { keccakHex } from '../../../protocol/crypto/keccak.ts'
import { type CheckpointStep, followCheckpoint } from '../../../protocol/light/follow-checkpoint.ts'
import type { LightState } from '../../../protocol/light/light-state.ts'
import { type HeaderProof, verifyHeader } from '../../../protocol/light/verify-header.ts'
import { EPOCH_BLOCKS, type EpochPlan, LightWorld, type Member } from './light-world.ts'

const authority = (id: number, stake = 10n): Member => ({ id, stake, authority: true })
const staker = (id: number, stake = 30n): Member => ({ id, stake, authority: false })
const FIRST = [0, 1, 2, 3].map((id) => authority(id))
const SECOND = [...FIRST, staker(10), staker(11)]
const THIRD = [1, 2, 3, 4].map((id) => authority(id)).concat(staker(10), staker(12))
const PLANS: EpochPlan[] = [
  { mode: 0, members: FIRST },
  { mode: 0, members: FIRST },
  { mode: 0, members: FIRST },
  { mode: 1, members: FIRST },
  { mode: 1, members: SECOND },
  { mode: 2, members: SECOND },
  { mode: 2, members: THIRD },
  { mode: 1, members: THIRD },
  { mode: 0, members: THIRD },
]
const world = new LightWorld(PLANS)

function follow(state: LightState, step: CheckpointStep): LightState {
  const followed = followCheckpoint(state, step, blsNative)
  if (!followed.ok) throw new Error(`${followed.code}: ${followed.detail}`)
  return followed.state
}

function codeOf(state: LightState, step: CheckpointStep): string {
  const followed = followCheckpoint(state, step, blsNative)
  return followed.ok ? 'accepted' : followed.code
}

function headerCode(state: LightState, proof: HeaderProof): string {
  const verdict = verifyHeader(state, proof, blsNative)
  return verdict.ok ? verdict.level : verdict.code
}

/** The state after CHECKPOINT(epoch - 1), every step taken. */
function stateAt(epoch: number): LightState {
  let state = world.start
  for (let e = 0; e < epoch; e++) state = follow(state, world.step(e))
  return state
}

test('every block of every epoch is verified, step by step, in its own mode', () => {
  let state = world.start
  for (const [epoch, plan] of PLANS.entries()) {
    for (let i = 1; i <= EPOCH_BLOCKS; i++) {
      const height = epoch * EPOCH_BLOCKS + i
      const verdict = verifyHeader(state, world.proof(height), blsNative)
      assert.ok(verdict.ok, verdict.ok ? '' : verdict.code)
      if (!verdict.ok) return
      assert.equal([verdict.epoch, verdict.mode, verdict.level], [epoch, plan.mode, 'final'])
      assert.equal([verdict.signers, verdict.stakeRatio], [plan.members.length, 10_000])
      assert.is(verdict.hash, world.blocks[height]?.hash)
    }
    state = follow(state, world.step(epoch))
    // What the stake has checkpointed needs no certificate: parent hashes lead there.
    const boundary = (epoch + 1) * EPOCH_BLOCKS
    const linked = {
      ...world.proof(boundary - 2, undefined, boundary),
      certificate: new Uint8Array(),
    }
    assert.is(headerCode(state, linked), 'finalized')
  }
})

test('epochs with the same validators cost one step; a change has to be followed', () => {
  // Epochs 0 to 3 have one set, and CHECKPOINT(3) names the next two.
  const state = follow(world.start, world.step(3))
  assert.equal([state.epoch, state.rules.mode], [4, 1])
  // The announced set signs without a step between: what CHECKPOINT(2) announced is set 4.
  const announced = follow(world.start, world.step(2))
  assert.is(follow(announced, world.step(5)).epoch, 6)
  assert.is(codeOf(world.start, world.step(5)), 'UNTRUSTED_SET')
  assert.is(codeOf(state, world.step(7)), 'UNTRUSTED_SET')
  assert.is(codeOf(world.start, { ...world.step(5), signers: world.rules(0).setHash }), 'WRONG_SET')
  const hidden = { ...world.step(5), signers: world.rules(0).setHash, sets: [] }
  assert.is(codeOf(world.start, hidden), 'MISSING_SET')
  // Its bytes left out: it cannot be known who the next validators are.
  assert.is(codeOf(stateAt(2), { ...world.step(2), sets: [] }), 'accepted')
  assert.is(codeOf(world.start, { ...world.step(3), sets: [] }), 'MISSING_SET')
})

test('announced rules let the block of an epoch be verified before its checkpoint exists', () => {
  const state = stateAt(3)
  const height = 4 * EPOCH_BLOCKS + 1
  assert.is(headerCode(state, world.proof(height)), 'final')
  assert.is(headerCode(stateAt(2), world.proof(height)), 'UNCERTIFIED_EPOCH')
  assert.is(headerCode(stateAt(5), world.proof(height)), 'PASSED_EPOCH')
})

test('forged steps are refused, each with its code', () => {
  const state = stateAt(4)
  const good = world.step(4)
  assert.is(codeOf(state, good), 'accepted')
  // 6 members with 100 of stake: 70 is enough, 60 is not.
  assert.is(codeOf(state, world.step(4, [3, 4, 5])), 'accepted')
  assert.is(codeOf(state, world.step(4, [4, 5])), 'NO_QUORUM')
  assert.is(codeOf(state, world.step(4, [0, 1, 2, 3, 4].slice(0, 4))), 'NO_QUORUM')
  const { checkpoint } = good
  const decoded = decodeCheckpoint(checkpoint)
  const forged = encodeCheckpoint({ ...decoded, next: { ...decoded.next, mode: 0 } })
  assert.is(codeOf(state, { ...good, checkpoint: forged }), 'WRONG_CHECKPOINT')
  assert.is(codeOf(state, { ...good, certificate: world.step(3).certificate }), 'WRONG_CHECKPOINT')
  const final = world.proof(13).certificate
  assert.is(codeOf(state, { ...good, certificate: final }), 'WRONG_KIND')
  assert.is(codeOf(state, world.step(3)), 'OLD_CHECKPOINT')
  assert.is(codeOf(state, { ...good, certificate: Uint8Array.of(1) }), 'UNDECODABLE')
  const broken = Uint8Array.from(good.certificate)
  broken[broken.length - 5] = (broken.at(-5) as number) ^ 1
  assert.is(codeOf(state, { ...good, certificate: broken }), 'BAD_SIGNATURE')
  const stranger = encodeValidatorSet({ validators: world.set(0).validators.slice(1) })
  assert.is(codeOf(state, { ...good, sets: [stranger] }), 'WRONG_SET')
  assert.is(codeOf(state, { ...good, sets: Array(4).fill(good.sets[0]) }), 'TOO_MANY')
  // Everybody of another set, under the name of the trusted one.
  const signed = keccakHex(good.checkpoint)
  const by = { mode: 1, members: [20, 21, 22, 23, 24, 25].map((id) => authority(id)) } as const
  const certificate = world.certificate(CHECKPOINT, 4, signed, world.all(4), by)
  assert.is(codeOf(state, { ...good, certificate }), 'BAD_SIGNATURE')
  const outside = world.certificate(CHECKPOINT, 4, signed, [0, 6], {
    mode: 1,
    members: [...SECOND, authority(20)],
  })
  assert.is(codeOf(state, { ...good, certificate: outside }), 'UNKNOWN_SIGNER')
  const elsewhere = { ...state, chain: { ...state.chain, chainId: 1338n } }
  assert.is(codeOf(elsewhere, good), 'BAD_SIGNATURE')
  const back = { ...state, certified: { ...state.certified, height: 10_000 } }
  assert.is(codeOf(back, good), 'OLD_CHECKPOINT')
})

test('forged headers are refused, each with its code', () => {
  const state = stateAt(5)
  const parent = world.boundary(4)
  const height = parent.header.height + 1
  const good = world.proof(height)
  assert.is(headerCode(state, good), 'final')
  // SECURE: 70 of 100 of the stake; all four authorities alone are nothing.
  assert.is(headerCode(state, world.proof(height, [3, 4, 5])), 'final')
  assert.is(headerCode(state, world.proof(height, [0, 1, 2, 3])), 'NO_QUORUM')
  const fast = world.child(parent, 5, { mode: 0 })
  assert.is(headerCode(state, world.proofOf([fast], [0, 1, 2])), 'WRONG_MODE')
  const foreign = world.child(parent, 5, { setHash: world.rules(0).setHash })
  assert.is(headerCode(state, world.proofOf([foreign])), 'WRONG_SET')
  const other = (world.blocks[height + 1] as Block).sidecar
  assert.is(headerCode(state, { ...good, sidecar: other }), 'WRONG_SIDECAR')
  const next = world.proof(height + 1)
  assert.is(headerCode(state, { ...good, certificate: next.certificate }), 'WRONG_BLOCK')
  const step = world.certificate(CHECKPOINT, 5, world.blocks[height]?.hash ?? '0x', world.all(5))
  assert.is(headerCode(state, { ...good, certificate: step }), 'WRONG_KIND')
  const wrongEpoch = world.certificate(
    FINALIZE,
    6,
    world.blocks[height]?.hash ?? '0x',
    world.all(5),
  )
  assert.is(headerCode(state, { ...good, certificate: wrongEpoch }), 'WRONG_EPOCH')
  const gap = [good.headers[0], world.proof(height + 2).headers[0]] as Uint8Array[]
  assert.is(headerCode(state, { ...good, headers: gap }), 'NOT_A_CHAIN')
  assert.is(headerCode(state, { ...good, headers: [] }), 'NOT_A_CHAIN')
  assert.is(headerCode(state, { ...good, headers: Array(1025).fill(good.headers[0]) }), 'TOO_MANY')
  assert.is(headerCode(state, { ...good, headers: [Uint8Array.of(0xc0)] }), 'UNDECODABLE')
  const descendant = world.proof(height, undefined, height + 2)
  assert.is(headerCode(state, descendant), 'final')
})

test('changed bytes never get through', () => {
  const state = stateAt(4)
  const step = world.step(4)
  const proof = world.proof(4 * EPOCH_BLOCKS + 1, undefined, 4 * EPOCH_BLOCKS + 2)
  const flip = (bytes: Uint8Array, at: number) => bytes.map((b, i) => (i === at ? b ^ 0x11 : b))
  for (let at = 0; at < 2000; at += 7) {
    for (const name of ['certificate', 'checkpoint'] as const) {
      if (at >= step[name].length) continue
      assert.is.not(codeOf(state, { ...step, [name]: flip(step[name], at) }), 'accepted')
    }
    const sets = step.sets.map((set) => flip(set, at % set.length))
    assert.is.not(codeOf(state, { ...step, sets }), 'accepted')
    for (const name of ['certificate', 'sidecar'] as const) {
      if (at >= proof[name].length) continue
      assert.match(headerCode(state, { ...proof, [name]: flip(proof[name], at) }), /^[A-Z_]+$/)
    }
    const headers = proof.headers.map((header) => flip(header, at % header.length))
    assert.match(headerCode(state, { ...proof, headers }), /^[A-Z_]+$/)
  }
})

test.run()
