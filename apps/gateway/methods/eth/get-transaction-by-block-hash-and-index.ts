// eth_getTransactionByBlockHashAndIndex.

import { minedAnswer } from '../../answers/transaction-answer.ts'
import { method } from '../../method.ts'
import { count, hash } from '../../params.ts'

export const transactionAtHash = method(
  'eth_getTransactionByBlockHashAndIndex',
  [hash, count],
  async (context, ref, index) => {
    const block = await context.blocks.byHash(ref)
    return block && index < block.count ? minedAnswer(block, index) : null
  },
)
