// Is the first block of a finality proof final, for a reader who trusts the genesis's validators, a
// light checkpoint, or nothing?

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { unpackExtraData } from '../block/extra-data.ts'
import { decodeHeader } from '../block/header-codec.ts'
import { MODE_NAMES } from '../consensus/validator-set.ts'
import type { Bls } from '../crypto/signatures.ts'
import { type Check, invalid } from '../receipt/check-list.ts'
import type { FinalityProof } from './finality-proof.ts'
import { followProof, isAnchored, type PathTrust, type ProofPath } from './proof-path.ts'
import { verifyHeader } from './verify-header.ts'

/** The reader trusts a checkpoint, or the genesis's validators by their published hash. */
export interface FinalityTrust extends PathTrust {
  readonly bls: Bls
}

const SELF_CONSISTENT =
  'no validators were given to trust: the file agrees with itself, but anybody could have ' +
  'made up these validators'

/** The checks `validators` and `finality`, and a warning where the reader trusts nothing. */
export function checkFinality(proof: FinalityProof, trust: FinalityTrust, check: Check): void {
  let path: ProofPath | undefined
  check('validators', () => {
    path = followProof(proof, trust.bls)
    return anchored(proof, trust, path)
  })
  check('finality', () => finality(proof, path as ProofPath, trust.bls))
  if (!isTrusting(trust)) check('self-consistent-only', () => SELF_CONSISTENT, { warning: true })
}

export function isTrusting(trust: PathTrust): boolean {
  return (trust.checkpoint ?? trust.trustedValidatorSetHash) !== undefined
}

/** The way from what the reader trusts to the rules of the epoch. */
function anchored(proof: FinalityProof, trust: FinalityTrust, path: ProofPath): string {
  const last = decodeHeader(hexToBytes(proof.headers.at(-1) as Hex))
  const epoch = unpackExtraData(last.extraData)?.epoch
  if (epoch === undefined) invalid('the header names no epoch')
  isAnchored(path, trust, epoch, proof, trust.bls)
  const { set, rules } = path.state
  const steps = path.steps.length
  return `${set.validators.length} validators, set ${rules.setHash}, ${steps} checkpoints`
}

/** A quorum of them finalised the last header, which descends from the first. */
function finality(proof: FinalityProof, path: ProofPath, bls: Bls): string {
  const headers = proof.headers.map(hexToBytes)
  const certificate = hexToBytes(proof.certificate)
  const shown = { headers, certificate, sidecar: hexToBytes(proof.sidecar) }
  const verdict = verifyHeader(path.state, shown, bls)
  if (!verdict.ok) invalid(`${verdict.detail} (${verdict.code})`)
  const { signers, validators: all, stakeRatio, epoch, mode } = verdict
  const share = `${stakeRatio / 100} % of the stake`
  return `${signers} of ${all} validators signed, ${share}, epoch ${epoch} ${MODE_NAMES[mode]}`
}
