// Finds the stake checkpoints that lead from what is trusted to the rules of an epoch: one for each
// change of the validators, however many epochs lie between, each verified on the way.

import type { Bls } from '../../protocol/crypto/signatures.ts'
import { type CheckpointStep, followCheckpoint } from '../../protocol/light/follow-checkpoint.ts'
import { type Refused, refuse } from '../../protocol/light/light-refusals.ts'
import { isTrustedSigner, type LightState } from '../../protocol/light/light-state.ts'

export interface StoredStep extends CheckpointStep {
  readonly epoch: number
}

/** The certified checkpoint of the last epoch that is not after `epoch`; undefined if none is. */
export type CheckpointSource = (epoch: number) => Promise<StoredStep | undefined>

export interface FoundPath {
  readonly ok: true
  readonly state: LightState
  readonly steps: readonly StoredStep[]
}

export interface PathQuery {
  readonly from: LightState
  /** The epoch whose rules are wanted. */
  readonly epoch: number
  readonly source: CheckpointSource
  readonly bls: Bls
  readonly stepsMax: number
}

/**
 * The state nearest before `epoch` that the source's checkpoints lead to: where those of the epoch
 * before are not certified yet, its rules are at best announced.
 */
export async function findPath(query: PathQuery): Promise<FoundPath | Refused> {
  const { epoch, source, bls, stepsMax } = query
  const steps: StoredStep[] = []
  let state = query.from
  const last = epoch > state.epoch ? await source(epoch - 1) : undefined
  while (last && last.epoch >= state.epoch) {
    const step = isSignedFor(state, last) ? last : await furthest(state, last.epoch, source)
    if (!step) return refuse('UNTRUSTED_SET')
    if (steps.length === stepsMax) return refuse('TOO_MANY', `more than ${stepsMax} checkpoints`)
    const followed = followCheckpoint(state, step, bls)
    if (!followed.ok) return followed
    // A source that names other epochs than those that are signed would lead in circles.
    if (followed.checkpoint.epoch !== step.epoch) return refuse('WRONG_EPOCH')
    state = followed.state
    steps.push(step)
  }
  return { ok: true, state, steps }
}

const isSignedFor = (state: LightState, { signers, epoch }: StoredStep) =>
  epoch >= state.epoch && isTrustedSigner(state, signers, epoch)

/** A step as far as possible below `end`, by doubling and then halving the distance. */
async function furthest(
  state: LightState,
  end: number,
  source: CheckpointSource,
): Promise<StoredStep | undefined> {
  let best: StoredStep | undefined
  let low = state.epoch
  let high = end
  for (let at = state.epoch, stride = 1; at < end; at += stride, stride *= 2) {
    const step = await source(at)
    const isBefore = !step || step.epoch < state.epoch
    if (!isBefore && !isSignedFor(state, step)) {
      high = at
      break
    }
    if (!isBefore) best = step
    low = at
  }
  while (high - low > 1) {
    const at = Math.floor((low + high) / 2)
    const step = await source(at)
    if (step && step.epoch >= state.epoch && !isSignedFor(state, step)) high = at
    else {
      if (step && isSignedFor(state, step)) best = step
      low = at
    }
  }
  return best
}
