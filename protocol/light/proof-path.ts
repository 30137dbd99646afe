// From what a reader trusts to the validators that signed a file's block: every checkpoint in the
// file is verified, from the file's own beginning, and the reader's trust must lie on that way.

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import type { Header } from '../block/header.ts'
import { decodeHeader, headerHash } from '../block/header-codec.ts'
import { decodeCheckpoint, type RulesDigest } from '../consensus/checkpoint.ts'
import {
  BALANCED_STAKE_PUBLISHED,
  type Fraction,
  type QuorumRules,
} from '../consensus/epoch-rules.ts'
import { BALANCED, decodeValidatorSet, type ValidatorSet } from '../consensus/validator-set.ts'
import { keccakHex } from '../crypto/keccak.ts'
import type { Bls } from '../crypto/signatures.ts'
import { Invalid } from '../receipt/check-list.ts'
import { ProofError } from '../trie/trie-proof.ts'
import type { FinalityProof } from './finality-proof.ts'
import { type CheckpointStep, followCheckpoint } from './follow-checkpoint.ts'
import { needsShare, provenShare } from './genesis-share.ts'
import type { LightCheckpoint } from './light-checkpoint.ts'
import { genesisState, type LightState, rulesFor } from './light-state.ts'

export interface PathTrust {
  /** Hash of the validators of the genesis. */
  readonly trustedValidatorSetHash?: Hex
  readonly checkpoint?: LightCheckpoint
}

export interface ProofPath {
  /** Where the file's checkpoints begin. */
  readonly first: LightState
  /** Where they end: the block is verified under it. */
  readonly state: LightState
  readonly steps: readonly CheckpointStep[]
}

/** Why a file's way to its validators does not hold. */
export class PathError extends Invalid {}

interface Sets {
  take(hash: Hex): Uint8Array | undefined
  /** Every set in the file has been taken. */
  readonly allUsed: boolean
}

function setsOf(encoded: readonly Hex[]): Sets {
  const byHash = new Map(encoded.map((text) => [keccakHex(hexToBytes(text)), hexToBytes(text)]))
  if (byHash.size !== encoded.length) throw new PathError('a set is in the file twice')
  const used = new Set<Hex>()
  return {
    take(hash) {
      const bytes = byHash.get(hash)
      if (bytes) used.add(hash)
      return bytes
    },
    get allUsed() {
      return used.size === byHash.size
    },
  }
}

function stepOf(raw: FinalityProof['checkpoints'][number], sets: Sets): CheckpointStep {
  const checkpoint = hexToBytes(raw.checkpoint)
  const { next, announced } = decodeCheckpoint(checkpoint)
  const named = new Set([raw.signers, next.setHash, announced.setHash])
  const known = [...named].map((hash) => sets.take(hash)).filter((bytes) => bytes !== undefined)
  return { checkpoint, certificate: hexToBytes(raw.certificate), signers: raw.signers, sets: known }
}

/** What BALANCED needs before the first checkpoint; undefined where it decides nothing. */
function shareOf(proof: FinalityProof, header: Header): Fraction | undefined {
  const { genesis_share: shown, checkpoints } = proof
  if (needsShare(header, checkpoints.length) !== (shown !== undefined)) {
    throw new PathError('the share of stake that BALANCED needs is missing, or not needed')
  }
  // With checkpoints in between, theirs is what counts.
  if (!shown) return BALANCED_STAKE_PUBLISHED
  try {
    const { account, word } = shown
    return provenShare(header, { account: account.map(hexToBytes), word: word.map(hexToBytes) })
  } catch (error) {
    if (error instanceof ProofError) throw new PathError(`genesis_share: ${error.message}`)
    throw error
  }
}

/** The genesis, with the first set of the file for its validators. */
function fromGenesis(proof: FinalityProof, set: ValidatorSet): LightState {
  const header = decodeHeader(hexToBytes(proof.genesis_header))
  const share = shareOf(proof, header)
  const state = genesisState(BigInt(proof.chain_id), header, set, share)
  if (!state) throw new PathError('the genesis does not name the first set of the file')
  return state
}

/** Whoever signed the first checkpoint: for the reader's own checkpoint to confirm. */
function fromSigners(
  proof: FinalityProof,
  step: CheckpointStep | undefined,
  set: ValidatorSet,
): LightState {
  if (!step) throw new PathError('the file begins with a checkpoint but holds none')
  if (proof.genesis_share) throw new PathError('genesis_share is not needed')
  const genesisHash = headerHash(decodeHeader(hexToBytes(proof.genesis_header)))
  const { epoch, next } = decodeCheckpoint(step.checkpoint)
  const rules: RulesDigest = { ...next, setHash: step.signers }
  return {
    chain: { chainId: BigInt(proof.chain_id), genesisHash },
    epoch,
    rules,
    set,
    announced: rules,
    announcedSet: set,
    certified: { height: 0, hash: genesisHash },
  }
}

/** Throws PathError, and RlpError for what is not strictly encoded. */
export function followProof(proof: FinalityProof, bls: Bls): ProofPath {
  const sets = setsOf(proof.validator_sets)
  const firstHash = keccakHex(hexToBytes(proof.validator_sets[0] as Hex))
  const set = decodeValidatorSet(sets.take(firstHash) as Uint8Array)
  const steps = proof.checkpoints.map((raw) => stepOf(raw, sets))
  if (!sets.allUsed) throw new PathError('a set in the file is not needed')
  const first =
    proof.begins === 'genesis' ? fromGenesis(proof, set) : fromSigners(proof, steps[0], set)
  if (proof.begins === 'checkpoint' && first.rules.setHash !== firstHash) {
    throw new PathError('the first set of the file did not sign its first checkpoint')
  }
  let state = first
  for (const [i, step] of steps.entries()) {
    const followed = followCheckpoint(state, step, bls)
    if (!followed.ok) {
      throw new PathError(`checkpoint ${i} does not hold: ${followed.code}, ${followed.detail}`)
    }
    state = followed.state
  }
  return { first, state, steps }
}

/**
 * Does the reader's trust lie on the file's way to the rules of `epoch`? Throws PathError if not;
 * false when the reader trusts nothing.
 */
export function isAnchored(
  { first, state, steps }: ProofPath,
  { trustedValidatorSetHash, checkpoint }: PathTrust,
  epoch: number,
  { begins }: FinalityProof,
  bls: Bls,
): boolean {
  if (checkpoint) {
    confirm(checkpoint, { first, state, steps }, epoch, bls)
    return true
  }
  if (trustedValidatorSetHash === undefined) return false
  if (begins !== 'genesis') {
    throw new PathError('the file does not reach back to the genesis: trust a checkpoint file')
  }
  if (first.rules.setHash !== trustedValidatorSetHash) {
    const { setHash } = first.rules
    throw new PathError(
      `the validators are not the trusted ones (${setHash}, trusted ${trustedValidatorSetHash})`,
    )
  }
  return true
}

function isSameQuorum(a: QuorumRules, b: QuorumRules): boolean {
  if (a.mode !== b.mode) return false
  const [x, y] = [a.balancedStake, b.balancedStake]
  return a.mode !== BALANCED || x.numerator * y.denominator === y.numerator * x.denominator
}

/** The reader's checkpoint must accept the first of the file's that is not older than it. */
function confirm(mine: LightCheckpoint, path: ProofPath, epoch: number, bls: Bls): void {
  const { chainId, genesisHash } = mine.chain
  if (path.state.chain.chainId !== chainId || path.state.chain.genesisHash !== genesisHash) {
    throw new PathError('your checkpoint is one of another chain')
  }
  let state: LightState = mine
  for (const step of path.steps) {
    if (decodeCheckpoint(step.checkpoint).epoch < mine.epoch) continue
    const followed = followCheckpoint(mine, step, bls)
    if (!followed.ok) throw new PathError(`not under your checkpoint: ${followed.code}`)
    state = followed.state
    break
  }
  if (state !== mine) return
  const [trusted, used] = [rulesFor(mine, epoch), rulesFor(path.state, epoch)]
  const setHash = (from: LightState) =>
    epoch === from.epoch ? from.rules.setHash : from.announced.setHash
  const same =
    trusted && used && isSameQuorum(trusted, used) && setHash(mine) === setHash(path.state)
  if (!trusted || !used || !same) {
    throw new PathError('your checkpoint does not cover the epoch: take the one of the genesis')
  }
}
