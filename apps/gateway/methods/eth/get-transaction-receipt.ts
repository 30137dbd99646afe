// eth_getTransactionReceipt: present means final.

import { receiptAnswer } from '../../answers/receipt-answer.ts'
import { method } from '../../method.ts'
import { hash } from '../../params.ts'

export const getTransactionReceipt = method(
  'eth_getTransactionReceipt',
  [hash],
  async ({ chain, blocks }, wanted) => {
    const place = await chain.transactionAt(wanted)
    const block = place && (await blocks.at(place.height))
    return block ? receiptAnswer(block, place.index) : null
  },
)
