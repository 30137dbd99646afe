// eth_getBlockByNumber.

import { blockAnswer } from '../../answers/block-answer.ts'
import { blockNumber } from '../../block-param.ts'
import { findBlock } from '../../find-block.ts'
import { method } from '../../method.ts'
import { flag, withDefault } from '../../params.ts'

export const getBlockByNumber = method(
  'eth_getBlockByNumber',
  [blockNumber, withDefault(flag, false)],
  async (context, ref, full) => {
    const block = await findBlock(context, ref)
    return block && blockAnswer(block, full)
  },
)
