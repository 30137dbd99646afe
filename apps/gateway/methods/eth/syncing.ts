// eth_syncing: false, or how far the node is while it catches up.

import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'

export const syncing = method('eth_syncing', [], async ({ chain }) => {
  const { syncing: behind, finalHeight } = await chain.validator()
  if (!behind) return false
  const { height } = await chain.head()
  const highest = Math.max(height, finalHeight)
  return {
    startingBlock: '0x0',
    currentBlock: quantity(height),
    highestBlock: quantity(highest),
  }
})
