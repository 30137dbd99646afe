// eth_getUncleCountByBlockNumber: there are no uncles.

import { blockNumber } from '../../block-param.ts'
import { findBlock } from '../../find-block.ts'
import { method } from '../../method.ts'

export const getUncleCountByBlockNumber = method(
  'eth_getUncleCountByBlockNumber',
  [blockNumber],
  async (context, ref) => (await findBlock(context, ref)) && '0x0',
)
