// aitbc_getInclusion: a transaction and its receipt, with the Merkle proofs that a final block's
// header commits to both.

import { bytesToHex } from '../../../../lib/hex.ts'
import { proveItem } from '../../../../protocol/block/ordered-trie.ts'
import { decodeReceipts } from '../../../../protocol/state/tables.ts'
import { method } from '../../method.ts'
import { hash } from '../../params.ts'
import { quantity } from '../../quantity.ts'

export const getInclusion = method('aitbc_getInclusion', [hash], async ({ chain, blocks }, id) => {
  const place = await chain.transactionAt(id)
  const found = place && (await blocks.at(place.height))
  if (!place || !found) return null
  const receipts = decodeReceipts(found.row.receipts)
  return {
    blockNumber: quantity(found.height),
    blockHash: found.hash,
    transactionIndex: quantity(place.index),
    transactionProof: proveItem(found.block.transactions, place.index).map(bytesToHex),
    receiptProof: proveItem(receipts, place.index).map(bytesToHex),
  }
})
