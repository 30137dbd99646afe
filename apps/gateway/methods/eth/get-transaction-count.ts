// eth_getTransactionCount; `pending` counts what waits for a block too.

import { blockOfState, requireLatest } from '../../block-param.ts'
import { method } from '../../method.ts'
import { address } from '../../params.ts'
import { quantity } from '../../quantity.ts'

export const getTransactionCount = method(
  'eth_getTransactionCount',
  [address, blockOfState],
  async ({ chain }, account, ref) => {
    await requireLatest(chain, ref)
    const { nonce } = await chain.account(account)
    if (ref.by !== 'tag' || ref.tag !== 'pending') return quantity(nonce)
    return quantity(Math.max(nonce, (await chain.pendingNonce(account)) ?? 0))
  },
)
