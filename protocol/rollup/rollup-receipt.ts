// The receipt of a transfer: the claim whose root contains it, and the proof. With the finality of
// that claim, which the base chain shows, it says for good that the transfer was executed.

import { type Hex, hexToBytes } from '../../lib/hex.ts'
import type { HashPairs } from '../crypto/hash-pairs.ts'
import type { CosignRefusal } from '../errors/cosign-refusals.ts'
import { RlpError } from '../rlp/rlp.ts'
import { type Claim, claimHash, decodeClaim } from './claim.ts'
import { type Transfer, transferLeaf } from './cosign.ts'
import { verifyProof } from './transfer-tree.ts'

export interface RollupReceipt {
  readonly transfer: Transfer
  /** RLP. */
  readonly claim: Uint8Array
  readonly position: number
  /** Siblings from the leaf upwards, 32 bytes each. */
  readonly proof: Uint8Array
}

export type ReceiptCheck =
  | { readonly ok: true; readonly claim: Claim; readonly hash: Hex }
  | { readonly ok: false; readonly code: CosignRefusal }

/** Undefined for bytes that are no claim. */
export function claimIn(bytes: Uint8Array): Claim | undefined {
  try {
    return decodeClaim(bytes)
  } catch (error) {
    if (error instanceof RlpError) return undefined
    throw error
  }
}

/** Everything but the finality of the claim, whose hash it returns. Never throws. */
export function checkReceipt(receipt: RollupReceipt, hashPairs: HashPairs): ReceiptCheck {
  const claim = claimIn(receipt.claim)
  if (!claim) return { ok: false, code: 'RECEIPT_CLAIM' }
  const { position, proof, transfer } = receipt
  const isAmount = transfer.amount >= 0n && transfer.amount < 2n ** 64n
  if (!isAmount) return { ok: false, code: 'RECEIPT_PROOF' }
  const leaf = transferLeaf(transfer)
  const root = hexToBytes(claim.txRoot)
  if (!verifyProof(root, leaf, position, claim.transfers, proof, hashPairs)) {
    return { ok: false, code: 'RECEIPT_PROOF' }
  }
  return { ok: true, claim, hash: claimHash(claim) }
}
