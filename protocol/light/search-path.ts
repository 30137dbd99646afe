// Finds the stake checkpoints that lead from what is trusted to the rules of an epoch: one for each
// change of the validators, however many epochs lie between, each verified on the way. Who has the
// checkpoints, and how he is asked, is the caller's: the search yields the epochs that it asks for.

import type { Bls } from '../crypto/signatures.ts'
import { type CheckpointStep, followCheckpoint } from './follow-checkpoint.ts'
import { type Refused, refuse } from './light-refusals.ts'
import { isTrustedSigner, type LightState } from './light-state.ts'

export interface StoredStep extends CheckpointStep {
  readonly epoch: number
}

export interface FoundPath {
  readonly ok: true
  readonly state: LightState
  readonly steps: readonly StoredStep[]
}

export interface PathQuery {
  readonly from: LightState
  /** The epoch whose rules are wanted. */
  readonly epoch: number
  readonly bls: Bls
  readonly stepsMax: number
  /** Told of every step that holds, with the state after it. */
  readonly keep?: (state: LightState, step: StoredStep) => void
}

/** Yields an epoch, takes the certified checkpoint of the last epoch that is not after it. */
export type PathSearch<Out> = Generator<number, Out, StoredStep | undefined>

/**
 * The state nearest before `epoch` that the checkpoints lead to: where those of the epoch before
 * are not certified yet, its rules are at best announced.
 */
export function* searchPath(query: PathQuery): PathSearch<FoundPath | Refused> {
  const { epoch, bls, stepsMax, keep } = query
  const steps: StoredStep[] = []
  let state = query.from
  const last = epoch > state.epoch ? yield epoch - 1 : undefined
  while (last && last.epoch >= state.epoch) {
    const step = isSignedFor(state, last) ? last : yield* furthest(state, last.epoch)
    if (!step) return refuse('UNTRUSTED_SET')
    if (steps.length === stepsMax) return refuse('TOO_MANY', `more than ${stepsMax} checkpoints`)
    const followed = followCheckpoint(state, step, bls)
    if (!followed.ok) return followed
    // A source that names other epochs than those that are signed would lead in circles.
    if (followed.checkpoint.epoch !== step.epoch) return refuse('WRONG_EPOCH')
    state = followed.state
    steps.push(step)
    keep?.(state, step)
  }
  return { ok: true, state, steps }
}

const isSignedFor = (state: LightState, { signers, epoch }: StoredStep) =>
  epoch >= state.epoch && isTrustedSigner(state, signers, epoch)

/** A step as far as possible below `end`, by doubling and then halving the distance. */
function* furthest(state: LightState, end: number): PathSearch<StoredStep | undefined> {
  let best: StoredStep | undefined
  let low = state.epoch
  let high = end
  for (let at = state.epoch, stride = 1; at < end; at += stride, stride *= 2) {
    const step = yield at
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
    const step = yield at
    if (step && step.epoch >= state.epoch && !isSignedFor(state, step)) high = at
    else {
      if (step && isSignedFor(state, step)) best = step
      low = at
    }
  }
  return best
}
