// eth_getBlockTransactionCountByHash.

import { method } from '../../method.ts'
import { hash } from '../../params.ts'
import { quantity } from '../../quantity.ts'

export const transactionCountAtHash = method(
  'eth_getBlockTransactionCountByHash',
  [hash],
  async (context, ref) => {
    const block = await context.blocks.byHash(ref)
    return block && quantity(block.count)
  },
)
