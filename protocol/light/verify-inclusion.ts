// What a verified header commits to: its transactions and receipts. Accounts and storage words are
// verified under its stateRoot by protocol/state/account-proof.ts.

import type { Header } from '../block/header.ts'
import { verifyItem } from '../block/ordered-trie.ts'
import { decodeReceipt, type TransactionReceipt } from '../block/transaction-receipt.ts'
import { RlpError } from '../rlp/rlp.ts'
import { ProofError } from '../trie/trie-proof.ts'

/** The encoded transaction at `index`; undefined if the block has fewer. Throws ProofError. */
export function verifyTransaction(
  { transactionsRoot }: Header,
  index: number,
  proof: readonly Uint8Array[],
): Uint8Array | undefined {
  return verifyItem(transactionsRoot, index, proof)
}

/** The receipt of the transaction at `index`; undefined if there are fewer. Throws ProofError. */
export function verifyReceiptOf(
  { receiptsRoot }: Header,
  index: number,
  proof: readonly Uint8Array[],
): TransactionReceipt | undefined {
  const encoded = verifyItem(receiptsRoot, index, proof)
  if (!encoded) return undefined
  try {
    return decodeReceipt(encoded)
  } catch (error) {
    if (error instanceof RlpError) throw new ProofError('PROOF_FORM', error.message)
    throw error
  }
}
