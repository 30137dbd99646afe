// A block in the form of eth_getBlockByNumber and eth_getBlockByHash.

import type { ChainBlock } from '../chain-block.ts'
import { quantity } from '../quantity.ts'
import { headerAnswer } from './header-answer.ts'
import { minedAnswer } from './transaction-answer.ts'

export function blockAnswer(block: ChainBlock, full: boolean): Record<string, unknown> {
  const indices = Array.from({ length: block.count }, (_, index) => index)
  return {
    ...headerAnswer(block),
    size: quantity(block.row.block.length),
    transactions: indices.map((index) =>
      full ? minedAnswer(block, index) : block.transactionHash(index),
    ),
    uncles: [],
    withdrawals: [],
  }
}
