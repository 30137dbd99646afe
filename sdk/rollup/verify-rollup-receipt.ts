// Verifies the receipt file of a transfer or an operation offline, with what browsers have.
// Everything needed is in the file and in what the reader trusts.

import { blsNoble } from '../../protocol/crypto/bls-noble.ts'
import { hashPairsNoble } from '../../protocol/crypto/hash-pairs.ts'
import type { PathTrust } from '../../protocol/light/proof-path.ts'
import {
  type FinalOperationVerdict,
  verifyFinalOperation,
} from '../../protocol/rollup/verify-final-operation.ts'
import {
  type FinalReceiptVerdict,
  verifyFinalReceipt,
} from '../../protocol/rollup/verify-final-receipt.ts'

/** Never throws and needs no network. `file` is the file's bytes or text. */
export function verifyRollupReceipt(
  file: Uint8Array | string,
  trust: PathTrust = {},
): FinalReceiptVerdict {
  return verifyFinalReceipt(file, { ...trust, bls: blsNoble, hashPairs: hashPairsNoble })
}

/** The same of an operation on a lock. */
export function verifyRollupOperation(
  file: Uint8Array | string,
  trust: PathTrust = {},
): FinalOperationVerdict {
  return verifyFinalOperation(file, { ...trust, bls: blsNoble, hashPairs: hashPairsNoble })
}
