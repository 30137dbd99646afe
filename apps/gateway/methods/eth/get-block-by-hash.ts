// eth_getBlockByHash.

import { blockAnswer } from '../../answers/block-answer.ts'
import { method } from '../../method.ts'
import { flag, hash, withDefault } from '../../params.ts'

export const getBlockByHash = method(
  'eth_getBlockByHash',
  [hash, withDefault(flag, false)],
  async ({ blocks }, blockHash, full) => {
    const block = await blocks.byHash(blockHash)
    return block && blockAnswer(block, full)
  },
)
