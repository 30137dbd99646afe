// What a block has to have beside a claim where shards have committees: the certificate of the
// shard's committee in the epoch of the claim. Where they have none, nothing.

import type { Hex } from '../../lib/hex.ts'
import type { EpochRules } from '../consensus/epoch-rules.ts'
import type { Bls } from '../crypto/signatures.ts'
import type { ReadWords } from '../modules/storage-layout.ts'
import { RlpError } from '../rlp/rlp.ts'
import {
  type BatchCertificate,
  checkBatchCertificate,
  decodeBatchCertificate,
} from './batch-certificate.ts'
import { drawCommittee } from './committee.ts'
import type { ClaimRefusal } from './rollup-refusals.ts'
import { committeeSeats } from './rollup-storage.ts'

/** Whether there is one just where there must be. */
export function checkCertificateThere(
  words: ReadWords,
  certificate: Uint8Array | undefined,
): ClaimRefusal | undefined {
  if (committeeSeats(words) === 0) return certificate ? 'BAD_CERTIFICATE' : undefined
  return certificate ? undefined : 'NO_CERTIFICATE'
}

/** Undefined where it cannot be read. */
export function readBatchCertificate(bytes: Uint8Array): BatchCertificate | undefined {
  try {
    return decodeBatchCertificate(bytes)
  } catch (error) {
    if (error instanceof RlpError) return undefined
    throw error
  }
}

/** `rules` are of the claim's epoch. Verifies one aggregate signature. */
export function certificateHolds(
  words: ReadWords,
  bytes: Uint8Array,
  rules: EpochRules,
  of: { readonly genesisHash: Hex; readonly claim: Hex; readonly shard: number },
  bls: Pick<Bls, 'verifyAggregate'>,
): boolean {
  const certificate = readBatchCertificate(bytes)
  if (!certificate) return false
  const committee = drawCommittee(rules, of.shard, committeeSeats(words))
  return checkBatchCertificate(certificate, committee, rules.set, of, bls) === ''
}
