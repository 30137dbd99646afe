// One step of a light client: from the rules that it trusts to those that a later stake checkpoint
// certifies. While the validators stay the same one step reaches over any number of epochs; a
// change of the set has to be followed: its new members are known from the checkpoint alone.

import type { Hex } from '../../lib/hex.ts'
import { type Certificate, decodeCertificate, verifyCertificate } from '../consensus/certificate.ts'
import { type Checkpoint, decodeCheckpoint } from '../consensus/checkpoint.ts'
import { decodeValidatorSet, type ValidatorSet } from '../consensus/validator-set.ts'
import { CHECKPOINT } from '../consensus/vote.ts'
import { keccakHex } from '../crypto/keccak.ts'
import type { Bls } from '../crypto/signatures.ts'
import { RlpError } from '../rlp/rlp.ts'
import { certificateRefused, type Refused, refuse } from './light-refusals.ts'
import { isTrustedSigner, type LightState } from './light-state.ts'

export interface CheckpointStep {
  /** CHECKPOINT certificate, encoded. */
  readonly certificate: Uint8Array
  /** What it signs: encodeCheckpoint. */
  readonly checkpoint: Uint8Array
  /** Hash of the set that signed. */
  readonly signers: Hex
  /** Encoded sets that this step or the next needs and that may not be known yet. */
  readonly sets: readonly Uint8Array[]
}

export type Followed =
  | {
      readonly ok: true
      readonly state: LightState
      readonly checkpoint: Checkpoint
      readonly certificate: Certificate
    }
  | Refused

/** The signers, what is next, and what is announced. */
const SETS_MAX = 3

type Sets = Map<Hex, ValidatorSet>

/** Sets are only ever known by their hash: whoever sends the bytes cannot choose them. */
function readSets(state: LightState, step: CheckpointStep, named: readonly Hex[]): Sets | Refused {
  const sets: Sets = new Map([[state.rules.setHash, state.set]])
  if (state.announcedSet) sets.set(state.announced.setHash, state.announcedSet)
  if (step.sets.length > SETS_MAX) return refuse('TOO_MANY')
  for (const bytes of step.sets) {
    const hash = keccakHex(bytes)
    if (!named.includes(hash)) return refuse('WRONG_SET', `set ${hash} is not named by the step`)
    if (!sets.has(hash)) sets.set(hash, decodeValidatorSet(bytes))
  }
  return sets
}

/** The state after a step, or why it is refused. Never throws. */
export function followCheckpoint(state: LightState, step: CheckpointStep, bls: Bls): Followed {
  try {
    return follow(state, step, bls)
  } catch (error) {
    if (error instanceof RlpError) return refuse('UNDECODABLE', error.message)
    throw error
  }
}

function follow(state: LightState, step: CheckpointStep, bls: Bls): Followed {
  const certificate = decodeCertificate(step.certificate)
  if (certificate.kind !== CHECKPOINT) return refuse('WRONG_KIND')
  if (certificate.blockHash !== keccakHex(step.checkpoint)) return refuse('WRONG_CHECKPOINT')
  const checkpoint = decodeCheckpoint(step.checkpoint)
  const { epoch, height, blockHash, next, announced } = checkpoint
  if (certificate.epoch !== epoch || certificate.view !== 0) return refuse('WRONG_CHECKPOINT')
  if (epoch < state.epoch || height <= state.certified.height) return refuse('OLD_CHECKPOINT')
  if (!isTrustedSigner(state, step.signers, epoch)) return refuse('UNTRUSTED_SET')
  const sets = readSets(state, step, [step.signers, next.setHash, announced.setHash])
  if (!(sets instanceof Map)) return sets
  const set = sets.get(next.setHash)
  const signing = sets.get(step.signers)
  if (!set || !signing) return refuse('MISSING_SET')
  // Two thirds of the stake sign in every mode: the mode of the epoch plays no part here.
  const judged = { ...state.rules, epoch, set: signing }
  const verdict = verifyCertificate(certificate, judged, state.chain, bls)
  if (!verdict.ok) return certificateRefused(verdict.code)
  const followed: LightState = {
    chain: state.chain,
    epoch: epoch + 1,
    rules: next,
    set,
    announced,
    announcedSet: sets.get(announced.setHash),
    certified: { height, hash: blockHash },
  }
  return { ok: true, state: followed, checkpoint, certificate }
}
