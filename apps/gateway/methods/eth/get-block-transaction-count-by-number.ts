// eth_getBlockTransactionCountByNumber.

import { blockNumber } from '../../block-param.ts'
import { findBlock } from '../../find-block.ts'
import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'

export const transactionCountAtNumber = method(
  'eth_getBlockTransactionCountByNumber',
  [blockNumber],
  async (context, ref) => {
    const block = await findBlock(context, ref)
    return block && quantity(block.count)
  },
)
