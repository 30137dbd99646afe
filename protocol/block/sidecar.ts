// The commit sidecar: what consensus puts into a block beside its transactions. The header commits
// to it (parentBeaconBlockRoot = keccak256 of its encoding), so all of it is provable.

import type { Hex } from '../../lib/hex.ts'
import { bytesToHex, hexToBytes } from '../../lib/hex.ts'
import { keccakHex } from '../crypto/keccak.ts'
import {
  asBytes,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  RlpError,
  rlpInteger,
} from '../rlp/rlp.ts'

export interface Sidecar {
  /** The validator set that votes on this block. */
  readonly validatorSetHash: Hex
  readonly proposer: number
  /** View of the parent's notarisation. */
  readonly parentView: number
  /** The latest finality certificate that the proposer knew; empty at the beginning. */
  readonly latestCertificate: Uint8Array
  /** Votes that missed their certificate, for participation records. */
  readonly lateVotes: readonly Uint8Array[]
  readonly evidence: readonly Uint8Array[]
}

const LATE_VOTES_MAX = 256
const EVIDENCE_MAX = 16

export function encodeSidecar(sidecar: Sidecar): Uint8Array {
  return encodeRlp([
    hexToBytes(sidecar.validatorSetHash),
    rlpInteger(sidecar.proposer),
    rlpInteger(sidecar.parentView),
    sidecar.latestCertificate,
    [...sidecar.lateVotes],
    [...sidecar.evidence],
  ])
}

export function sidecarRoot(encoded: Uint8Array): Hex {
  return keccakHex(encoded)
}

/** Throws RlpError. */
export function decodeSidecar(bytes: Uint8Array): Sidecar {
  const [set, proposer, parentView, certificate, votes, evidence] = asList(decodeRlp(bytes), 6)
  const lateVotes = asList(votes).map((vote) => asBytes(vote))
  const proofs = asList(evidence).map((item) => asBytes(item))
  if (lateVotes.length > LATE_VOTES_MAX || proofs.length > EVIDENCE_MAX) {
    throw new RlpError('too many votes or proofs in a sidecar')
  }
  return {
    validatorSetHash: bytesToHex(asBytes(set, 32)),
    proposer: asNumber(proposer),
    parentView: asNumber(parentView),
    latestCertificate: asBytes(certificate),
    lateVotes,
    evidence: proofs,
  }
}
