// A certificate: a quorum's votes as one aggregate signature and a bitmap of who signed.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import type { Bls } from '../crypto/signatures.ts'
import {
  asBytes,
  asList,
  asNumber,
  decodeRlp,
  encodeRlp,
  RlpError,
  rlpInteger,
} from '../rlp/rlp.ts'
import type { QuorumRules } from './epoch-rules.ts'
import { hasStake, isQuorum, type Weight, weightOf } from './quorum.ts'
import { blsKeyOf, VALIDATORS_MAX } from './validator-set.ts'
import {
  CHECKPOINT,
  type ChainIdentity,
  FINALIZE,
  NOTARIZE,
  NULLIFY,
  type VoteKind,
  voteDigest,
} from './vote.ts'

export interface Certificate {
  readonly kind: VoteKind
  readonly epoch: number
  readonly view: number
  readonly blockHash: Hex
  /** Ascending validator indices. */
  readonly signers: readonly number[]
  /** 96 bytes. */
  readonly signature: Uint8Array
}

function bitmap(signers: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.floor((signers.at(-1) ?? 0) / 8) + 1)
  for (const i of signers) bytes[i >> 3] = (bytes[i >> 3] as number) | (1 << (i & 7))
  return bytes
}

function fromBitmap(bytes: Uint8Array): number[] {
  if (bytes.length === 0 || bytes.length > VALIDATORS_MAX / 8 || bytes.at(-1) === 0) {
    throw new RlpError('a bitmap of wrong length')
  }
  const signers: number[] = []
  for (let i = 0; i < bytes.length * 8; i++) {
    if ((bytes[i >> 3] as number) & (1 << (i & 7))) signers.push(i)
  }
  return signers
}

export function encodeCertificate(certificate: Certificate): Uint8Array {
  return encodeRlp([
    rlpInteger(certificate.kind),
    rlpInteger(certificate.epoch),
    rlpInteger(certificate.view),
    hexToBytes(certificate.blockHash),
    bitmap(certificate.signers),
    certificate.signature,
  ])
}

/** Throws RlpError. */
export function decodeCertificate(bytes: Uint8Array): Certificate {
  const [kindItem, epoch, view, hash, signers, signature] = asList(decodeRlp(bytes), 6)
  const kind = asNumber(kindItem)
  if (kind !== NOTARIZE && kind !== NULLIFY && kind !== FINALIZE && kind !== CHECKPOINT) {
    throw new RlpError('unknown certificate kind')
  }
  return {
    kind,
    epoch: asNumber(epoch),
    view: asNumber(view),
    blockHash: bytesToHex(asBytes(hash, 32)),
    signers: fromBitmap(asBytes(signers)),
    signature: asBytes(signature, 96),
  }
}

export type CertificateVerdict =
  | { readonly ok: true }
  | {
      readonly ok: false
      readonly code: 'WRONG_EPOCH' | 'UNKNOWN_SIGNER' | 'NO_QUORUM' | 'BAD_SIGNATURE'
    }

/** Is this weight enough for a certificate of this kind? */
export function isEnough(rules: QuorumRules, kind: VoteKind, weight: Weight): boolean {
  if (kind === CHECKPOINT) return hasStake(rules, weight)
  return isQuorum(rules, weight, kind === NULLIFY ? 'nullify' : 'block')
}

/**
 * Checks that a quorum under these rules signed exactly this; for a CHECKPOINT more than two thirds
 * of the stake, in every mode. Never throws.
 */
export function verifyCertificate(
  certificate: Certificate,
  rules: QuorumRules,
  chain: ChainIdentity,
  bls: Bls,
): CertificateVerdict {
  const { kind, epoch, view, blockHash, signers, signature } = certificate
  if (epoch !== rules.epoch) return { ok: false, code: 'WRONG_EPOCH' }
  const keys: Uint8Array[] = []
  for (const i of signers) {
    const validator = rules.set.validators[i]
    if (!validator) return { ok: false, code: 'UNKNOWN_SIGNER' }
    keys.push(blsKeyOf(validator))
  }
  if (!isEnough(rules, kind, weightOf(rules, new Set(signers))))
    return { ok: false, code: 'NO_QUORUM' }
  const digest = voteDigest(chain, kind, epoch, view, blockHash)
  if (!bls.verifyAggregate(keys, digest, signature)) return { ok: false, code: 'BAD_SIGNATURE' }
  return { ok: true }
}
