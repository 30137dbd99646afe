// eth_getTransactionByBlockNumberAndIndex.

import { minedAnswer } from '../../answers/transaction-answer.ts'
import { blockNumber } from '../../block-param.ts'
import { findBlock } from '../../find-block.ts'
import { method } from '../../method.ts'
import { count } from '../../params.ts'

export const transactionAtNumber = method(
  'eth_getTransactionByBlockNumberAndIndex',
  [blockNumber, count],
  async (context, ref, index) => {
    const block = await findBlock(context, ref)
    return block && index < block.count ? minedAnswer(block, index) : null
  },
)
