// Why a light client refuses what it was shown. Proofs of the tries have codes of their own
// (protocol/trie/trie-proof.ts).

import type { CertificateVerdict } from '../consensus/certificate.ts'

export const LIGHT_REFUSALS = {
  BAD_FILE: 'the file is no light checkpoint',
  WRONG_CHAIN: 'the checkpoint is one of another chain',
  STALE_CHECKPOINT: 'the checkpoint is older than the weak-subjectivity period',
  UNDECODABLE: 'what was shown is not strictly encoded',
  WRONG_KIND: 'the certificate is of another kind',
  WRONG_CHECKPOINT: 'the certificate is not for the checkpoint that was shown',
  OLD_CHECKPOINT: 'the checkpoint lies before what is trusted already',
  UNTRUSTED_SET: 'the signers are neither the trusted validators nor the announced ones',
  MISSING_SET: 'the validators that the checkpoint names were not shown',
  WRONG_SET: 'validators were shown, or named, that are not those of the certified rules',
  WRONG_EPOCH: 'the certificate is for another epoch than its block',
  UNKNOWN_SIGNER: 'the certificate names a signer that is not in the set',
  NO_QUORUM: 'the signers of the certificate are too few',
  BAD_SIGNATURE: 'the signature of the certificate does not hold',
  UNCERTIFIED_EPOCH: 'the rules of this epoch are not certified by any checkpoint yet',
  PASSED_EPOCH: 'the epoch lies before what is trusted: only parent hashes can show its blocks',
  WRONG_MODE: 'the header claims another mode than the one certified for its epoch',
  WRONG_SIDECAR: 'the sidecar is not the one that the header commits to',
  WRONG_BLOCK: 'the certificate is for another block',
  NOT_A_CHAIN: 'the headers are not a chain of parents',
  TOO_MANY: 'more headers, steps or sets than the limit',
} as const

export type LightRefusal = keyof typeof LIGHT_REFUSALS

export interface Refused {
  readonly ok: false
  readonly code: LightRefusal
  readonly detail: string
}

export function refuse(code: LightRefusal, detail: string = LIGHT_REFUSALS[code]): Refused {
  return { ok: false, code, detail }
}

type CertificateCode = Extract<CertificateVerdict, { ok: false }>['code']

/** Every way in which a certificate fails has its line above. */
export function certificateRefused(code: CertificateCode): Refused {
  return refuse(code)
}
