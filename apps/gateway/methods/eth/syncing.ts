// eth_syncing: false only when the node is at a fresh head and not behind the others (the same rule
// as /health/ready); otherwise how far it is.

import { READY_HEAD_MS, READY_LAG_BLOCKS } from '../../../../config/limits.ts'
import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'

export const syncing = method('eth_syncing', [], async ({ chain }) => {
  const [head, { syncing: behind, finalHeight, lagBlocks }] = await Promise.all([
    chain.head(),
    chain.validator(),
  ])
  const isFresh = Date.now() - head.finalAtMs < READY_HEAD_MS
  if (!behind && isFresh && lagBlocks <= READY_LAG_BLOCKS) return false
  const highest = Math.max(head.height, finalHeight) + lagBlocks
  return {
    startingBlock: '0x0',
    currentBlock: quantity(head.height),
    highestBlock: quantity(highest),
  }
})
