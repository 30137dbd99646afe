// Whether the block of a snapshot may be believed. A snapshot proves that its rows are the state of
// its header; who vouches for the header is decided here: a hash that the operator was given, or
// whoever else can check the certificate. A block that everybody may have unbonded since is refused
// whatever it says (weak subjectivity).

import type { Hex } from '../../lib/hex.ts'
import { headerTimeMs, unpackExtraData } from '../block/extra-data.ts'
import { type Certificate, decodeCertificate } from '../consensus/certificate.ts'
import { FINALIZE } from '../consensus/vote.ts'
import { WEAK_SUBJECTIVITY_MS } from '../params.ts'
import { RlpError } from '../rlp/rlp.ts'
import type { SnapshotManifest } from './snapshot-manifest.ts'
import { refuse, type SnapshotVerdict } from './snapshot-refusal.ts'

export interface SnapshotTrust {
  readonly chainId: bigint
  readonly genesisHash: Hex
  /** Hash of a final block, from a source that is trusted. */
  readonly trustedHash: Hex | undefined
  /** Whether a quorum that is known to be the right one signed; absent where none is known. */
  readonly certified?: (certificate: Certificate) => boolean
  readonly nowMs: number
}

function ownCertificate({ certificate, header, hash }: SnapshotManifest): Certificate | string {
  let decoded: Certificate
  try {
    decoded = decodeCertificate(certificate)
  } catch (error) {
    if (error instanceof RlpError) return error.message
    throw error
  }
  const extra = unpackExtraData(header.extraData)
  const { kind, blockHash, epoch } = decoded
  if (kind !== FINALIZE || blockHash !== hash || epoch !== extra?.epoch) {
    return 'the certificate is for something else'
  }
  return decoded
}

export function trustSnapshot(manifest: SnapshotManifest, trust: SnapshotTrust): SnapshotVerdict {
  const { chainId, genesisHash, header, hash } = manifest
  if (chainId !== trust.chainId || genesisHash !== trust.genesisHash) {
    return refuse('WRONG_CHAIN', `chain ${chainId} with the genesis ${genesisHash}`)
  }
  const certificate = ownCertificate(manifest)
  if (typeof certificate === 'string') return refuse('BAD_MANIFEST', certificate)
  if (hash !== trust.trustedHash && trust.certified?.(certificate) !== true) {
    return refuse('UNTRUSTED', `block ${header.height} (${hash})`)
  }
  const ageMs = trust.nowMs - headerTimeMs(header)
  if (ageMs > WEAK_SUBJECTIVITY_MS) {
    const days = Math.floor(ageMs / 86_400_000)
    return refuse('TOO_OLD', `block ${header.height} is ${days} days old`)
  }
  return { ok: true }
}
