// The commit sidecar: what consensus puts into a block beside its transactions. The header commits
// to it (parentBeaconBlockRoot = keccak256 of its encoding), so all of it is provable.

import type { Hex } from '../../lib/hex.ts'
import { bytesToHex, hexToBytes } from '../../lib/hex.ts'
import { keccakHex } from '../crypto/keccak.ts'
import { CLAIMS_PER_BLOCK_MAX } from '../params.ts'
import {
  asBytes,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  RlpError,
  type RlpItem,
  rlpInteger,
} from '../rlp/rlp.ts'

export interface Sidecar {
  /** The validator set that votes on this block. */
  readonly validatorSetHash: Hex
  readonly proposer: number
  /** View of the parent's notarisation; 0 in the first block of an epoch. */
  readonly parentView: number
  /** 80 bytes, of the leader for this block's view; mixHash is the hash of its output. */
  readonly vrfProof: Uint8Array
  /** A finality certificate of this epoch with everybody who had voted by now; may be empty. */
  readonly participation: Uint8Array
  /** The certificate of the previous epoch's stake checkpoint; empty where it is on chain already. */
  readonly checkpoint: Uint8Array
  readonly evidence: readonly Uint8Array[]
  /** Claims of the rollup's shards (protocol/rollup/claim.ts), encoded, in the order they act. */
  readonly claims: readonly Uint8Array[]
  /**
   * Of the committees of their shards (protocol/rollup/batch-certificate.ts), encoded, one for each
   * claim; none where there are no committees, and then this is no part of the encoding.
   */
  readonly certificates: readonly Uint8Array[]
}

export const EVIDENCE_PER_BLOCK_MAX = 16
/** Without certificates. */
const FIELDS = 8

/** One sidecar has one encoding. */
export function encodeSidecar(sidecar: Sidecar): Uint8Array {
  const { certificates } = sidecar
  return encodeRlp([
    hexToBytes(sidecar.validatorSetHash),
    rlpInteger(sidecar.proposer),
    rlpInteger(sidecar.parentView),
    sidecar.vrfProof,
    sidecar.participation,
    sidecar.checkpoint,
    [...sidecar.evidence],
    [...sidecar.claims],
    ...(certificates.length > 0 ? [[...certificates]] : []),
  ])
}

export function sidecarRoot(encoded: Uint8Array): Hex {
  return keccakHex(encoded)
}

/** Throws RlpError. */
export function decodeSidecar(bytes: Uint8Array): Sidecar {
  const items = asList(decodeRlp(bytes))
  if (items.length !== FIELDS && items.length !== FIELDS + 1) {
    throw new RlpError('a sidecar of too few or too many fields')
  }
  const evidence = asList(items[6]).map((item) => asBytes(item))
  if (evidence.length > EVIDENCE_PER_BLOCK_MAX) throw new RlpError('too many proofs in a sidecar')
  const claims = asList(items[7]).map((item) => asBytes(item))
  if (claims.length > CLAIMS_PER_BLOCK_MAX) throw new RlpError('too many claims in a sidecar')
  const certificates = items.length > FIELDS ? readCertificates(items[FIELDS]) : []
  return {
    validatorSetHash: bytesToHex(asBytes(items[0], 32)),
    proposer: asNumber(items[1]),
    parentView: asNumber(items[2]),
    vrfProof: asBytes(items[3]),
    participation: asBytes(items[4]),
    checkpoint: asBytes(items[5]),
    evidence,
    claims,
    certificates,
  }
}

function readCertificates(item: RlpItem | undefined): Uint8Array[] {
  const certificates = asList(item).map((one) => asBytes(one))
  if (certificates.length === 0) throw new RlpError('a list of certificates without any')
  if (certificates.length > CLAIMS_PER_BLOCK_MAX) throw new RlpError('too many certificates')
  return certificates
}

const NOTHING = new Uint8Array(0)

/** A sidecar that brings nothing but what every block must say. */
export function plainSidecar(
  said: Pick<Sidecar, 'validatorSetHash' | 'proposer' | 'parentView'> & Partial<Sidecar>,
): Sidecar {
  const nothing = { vrfProof: NOTHING, participation: NOTHING, checkpoint: NOTHING }
  return { ...nothing, evidence: [], claims: [], certificates: [], ...said }
}
