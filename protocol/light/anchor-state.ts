// The first step of whoever trusts nothing but the hash of the block that ended an epoch: its
// header commits to the validators of that epoch, and they signed the stake checkpoint about it.

import type { Hex } from '../../lib/hex.ts'
import { headerTimeMs, unpackExtraData } from '../block/extra-data.ts'
import { decodeHeader, headerHash } from '../block/header-codec.ts'
import { decodeSidecar, sidecarRoot } from '../block/sidecar.ts'
import { asMode, BALANCED_STAKE_PUBLISHED } from '../consensus/epoch-rules.ts'
import { decodeValidatorSet } from '../consensus/validator-set.ts'
import type { ChainIdentity } from '../consensus/vote.ts'
import { keccakHex } from '../crypto/keccak.ts'
import type { Bls } from '../crypto/signatures.ts'
import { RlpError } from '../rlp/rlp.ts'
import { type CheckpointStep, followCheckpoint } from './follow-checkpoint.ts'
import { type Refused, refuse } from './light-refusals.ts'
import type { LightState } from './light-state.ts'

/** What an operator was given: an epoch that has ended, and the hash of its last block. */
export interface Anchor {
  readonly epoch: number
  readonly hash: Hex
}

/** The stake checkpoint of that epoch, and what shows by whom it had to be signed. */
export interface ShownAnchor extends CheckpointStep {
  /** RLP header of the epoch's last block. */
  readonly header: Uint8Array
  readonly sidecar: Uint8Array
}

export type AnchorState =
  | { readonly ok: true; readonly state: LightState; readonly timeMs: number }
  | Refused

/** The rules after the epoch, and the Unix time at which it ended. Never throws. */
export function anchorState(
  chain: ChainIdentity,
  anchor: Anchor,
  shown: ShownAnchor,
  bls: Bls,
): AnchorState {
  try {
    return begin(chain, anchor, shown, bls)
  } catch (error) {
    if (error instanceof RlpError) return refuse('UNDECODABLE', error.message)
    throw error
  }
}

function begin(chain: ChainIdentity, anchor: Anchor, shown: ShownAnchor, bls: Bls): AnchorState {
  const header = decodeHeader(shown.header)
  if (headerHash(header) !== anchor.hash) return refuse('WRONG_BLOCK', 'not the trusted block')
  const extra = unpackExtraData(header.extraData)
  const { epoch } = anchor
  if (extra?.epoch !== epoch || header.height === 0) {
    return refuse('WRONG_EPOCH', `the trusted block is of epoch ${extra?.epoch}, not ${epoch}`)
  }
  if (sidecarRoot(shown.sidecar) !== header.parentBeaconBlockRoot) return refuse('WRONG_SIDECAR')
  const { validatorSetHash: setHash } = decodeSidecar(shown.sidecar)
  const bytes = shown.sets.find((encoded) => keccakHex(encoded) === setHash)
  if (!bytes) return refuse('MISSING_SET')
  const set = decodeValidatorSet(bytes)
  // A checkpoint needs two thirds of the stake in every mode: the share of BALANCED plays no part.
  const mode = asMode(extra.mode)
  const rules = { mode, setHash, balancedStake: BALANCED_STAKE_PUBLISHED }
  const before = { height: header.height - 1, hash: header.parentHash }
  const signing = { chain, epoch, rules, set, announced: rules, announcedSet: set }
  const followed = followCheckpoint({ ...signing, certified: before }, shown, bls)
  if (!followed.ok) return followed
  const { checkpoint, state } = followed
  if (checkpoint.epoch !== epoch || checkpoint.blockHash !== anchor.hash) {
    return refuse('WRONG_CHECKPOINT', 'the checkpoint is about another block')
  }
  return { ok: true, state, timeMs: headerTimeMs(header) }
}
