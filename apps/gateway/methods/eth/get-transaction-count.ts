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
    // The pool is asked first: what it drops because it became final is in the account by then, so
    // the answer never goes back.
    const pending = ref.by === 'tag' && ref.tag === 'pending'
    const waiting = pending ? await chain.pendingNonce(account) : undefined
    const { nonce } = await chain.account(account)
    return quantity(Math.max(nonce, waiting ?? 0))
  },
)
