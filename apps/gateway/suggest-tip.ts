// The priority fee that the gateway suggests: what most transactions of the last blocks paid, and a
// default on a quiet chain.

import { TIP_BLOCKS, TIP_DEFAULT_WEI } from '../../config/limits.ts'
import type { RpcContext } from './method.ts'

/** Share of transactions that paid no more than what is suggested (geth's oracle uses the same). */
const PERCENTILE = 60

export async function suggestTip({ chain, blocks }: RpcContext): Promise<bigint> {
  const { height } = await chain.head()
  const tips: bigint[] = []
  for (let at = height; at > Math.max(0, height - TIP_BLOCKS); at--) {
    const block = await blocks.at(at)
    for (let i = 0; i < (block?.count ?? 0); i++) tips.push(block?.tip(i) as bigint)
  }
  if (tips.length === 0) return TIP_DEFAULT_WEI
  tips.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return tips[Math.floor(((tips.length - 1) * PERCENTILE) / 100)] as bigint
}
