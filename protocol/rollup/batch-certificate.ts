// What a committee says of a batch: members that have checked and executed it and stored it durably
// sign an attestation of its claim; more than two thirds of the seats together are a certificate.
// It says that the claim is true and that its batch can be had.

import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8 } from '../../lib/bytes.ts'
import { type Hex, hexToBytes } from '../../lib/hex.ts'
import { blsKeyOf, type ValidatorSet } from '../consensus/validator-set.ts'
import type { Bls } from '../crypto/signatures.ts'
import { asBytes, asList, decodeRlp, encodeRlp, RlpError } from '../rlp/rlp.ts'
import { COMMITTEE_SEATS_MAX, type Committee, isCommitteeQuorum } from './committee.ts'

export interface BatchCertificate {
  /** Places in the committee, rising. */
  readonly signers: readonly number[]
  /** 96 bytes: the aggregate of their attestations. */
  readonly signature: Uint8Array
}

export type CertificateVerdict = '' | 'UNKNOWN_MEMBER' | 'NO_QUORUM' | 'BAD_CERTIFICATE'

const DOMAIN = utf8('AITBC-ROLLUP-ATTEST-1')

/** What a member signs with its key of consensus; shard, number and epoch are in the claim. */
export function attestationDigest(genesisHash: Hex, claim: Hex): Uint8Array {
  return sha256(concatBytes(DOMAIN, hexToBytes(genesisHash), hexToBytes(claim)))
}

export function encodeBatchCertificate({ signers, signature }: BatchCertificate): Uint8Array {
  const bits = new Uint8Array(Math.floor((signers.at(-1) ?? 0) / 8) + 1)
  for (const i of signers) bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7))
  return encodeRlp([bits, signature])
}

/** One certificate has one encoding. Throws RlpError. */
export function decodeBatchCertificate(bytes: Uint8Array): BatchCertificate {
  const [first, second] = asList(decodeRlp(bytes), 2)
  const bits = asBytes(first)
  if (bits.length === 0 || bits.length > COMMITTEE_SEATS_MAX / 8 || bits.at(-1) === 0) {
    throw new RlpError('a bitmap of wrong length')
  }
  const signers: number[] = []
  for (let i = 0; i < 8 * bits.length; i++) {
    if ((bits[i >> 3] as number) & (1 << (i & 7))) signers.push(i)
  }
  return { signers, signature: asBytes(second, 96) }
}

/** Empty when the certificate holds for the claim with this hash. Never throws. */
export function checkBatchCertificate(
  { signers, signature }: BatchCertificate,
  committee: Committee,
  set: ValidatorSet,
  of: { readonly genesisHash: Hex; readonly claim: Hex },
  bls: Pick<Bls, 'verifyAggregate'>,
): CertificateVerdict {
  const keys: Uint8Array[] = []
  for (const place of signers) {
    const validator = set.validators[committee.members[place]?.validator ?? -1]
    if (!validator) return 'UNKNOWN_MEMBER'
    keys.push(blsKeyOf(validator))
  }
  // The cheap check first: the signature takes a millisecond.
  if (!isCommitteeQuorum(committee, signers)) return 'NO_QUORUM'
  const digest = attestationDigest(of.genesisHash, of.claim)
  return bls.verifyAggregate(keys, digest, signature) ? '' : 'BAD_CERTIFICATE'
}
