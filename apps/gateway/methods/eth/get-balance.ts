// eth_getBalance.

import { blockOfState, requireLatest } from '../../block-param.ts'
import { method } from '../../method.ts'
import { address } from '../../params.ts'
import { quantity } from '../../quantity.ts'

export const getBalance = method(
  'eth_getBalance',
  [address, blockOfState],
  async ({ chain }, account, ref) => {
    await requireLatest(chain, ref)
    return quantity((await chain.account(account)).balance)
  },
)
