// The receipt of an operation on a lock: its leaf and hash, their place in a claim, and the path to
// the claim's root over operations. It is final with the claim, like that of a transfer.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { type HashPairs, NODE_BYTES, PAIR_BYTES } from '../crypto/hash-pairs.ts'
import { claimHash } from './claim.ts'
import { isOperation, type OperationTerms, operationOf, termsOf } from './operation-terms.ts'
import { encodeOperation, readOperation } from './operations.ts'
import { claimIn, type ReceiptCheck } from './rollup-receipt.ts'
import { verifyProof } from './transfer-tree.ts'

export interface OperationReceipt {
  readonly operation: OperationTerms
  /** Of the job's terms, of the settlement that the provider signed, or zeros. */
  readonly hash: Hex
  /** RLP. */
  readonly claim: Uint8Array
  /** Among the operations of the batch: settles, refunds, locks. */
  readonly position: number
  /** Siblings of the parent of leaf and hash, upwards, 32 bytes each. */
  readonly proof: Uint8Array
}

/** Everything but the finality of the claim, whose hash it returns. Never throws. */
export function checkOperation(receipt: OperationReceipt, hashPairs: HashPairs): ReceiptCheck {
  const claim = claimIn(receipt.claim)
  if (!claim) return { ok: false, code: 'RECEIPT_CLAIM' }
  const { operation, position, proof } = receipt
  if (!isOperation(operation)) return { ok: false, code: 'RECEIPT_OPERATION' }
  const pair = new Uint8Array(PAIR_BYTES)
  pair.set(encodeOperation(operationOf(operation)))
  pair.set(hexToBytes(receipt.hash), NODE_BYTES)
  const parent = new Uint8Array(NODE_BYTES)
  hashPairs(pair, parent)
  const count = claim.settles + claim.refunds + claim.locks
  const root = hexToBytes(claim.opRoot)
  if (!verifyProof(root, parent, position, count, proof, hashPairs)) {
    return { ok: false, code: 'RECEIPT_OPERATION' }
  }
  return { ok: true, claim, hash: claimHash(claim) }
}

/** What a shard shows of an operation; undefined where it does not stand in the claim beside it. */
export function readShownOperation(
  shown: {
    readonly leaf: Uint8Array
    readonly hash: Uint8Array
    readonly claim: Uint8Array
    readonly position: number
    readonly proof: Uint8Array
  },
  hashPairs: HashPairs,
): OperationReceipt | undefined {
  const words = new Uint32Array(Uint8Array.from(shown.leaf).buffer)
  const operation = termsOf(readOperation(words, 0))
  if (!operation) return undefined
  const { claim, position, proof } = shown
  const receipt = { operation, hash: bytesToHex(shown.hash), claim, position, proof }
  return checkOperation(receipt, hashPairs).ok ? receipt : undefined
}
