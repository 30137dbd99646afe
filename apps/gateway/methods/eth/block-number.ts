// eth_blockNumber: the last final block.

import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'

export const blockNumber = method('eth_blockNumber', [], async ({ chain }) =>
  quantity((await chain.head()).height),
)
