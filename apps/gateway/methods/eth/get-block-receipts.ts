// eth_getBlockReceipts.

import { receiptAnswer } from '../../answers/receipt-answer.ts'
import { blockOfState } from '../../block-param.ts'
import { findBlock } from '../../find-block.ts'
import { method } from '../../method.ts'

export const getBlockReceipts = method(
  'eth_getBlockReceipts',
  [blockOfState],
  async (context, ref) => {
    const block = await findBlock(context, ref)
    return block?.receipts.map((_, index) => receiptAnswer(block, index))
  },
)
