// eth_getStorageAt.

import { blockOfState, requireLatest } from '../../block-param.ts'
import { method } from '../../method.ts'
import { address, slot } from '../../params.ts'
import { word } from '../../quantity.ts'

export const getStorageAt = method(
  'eth_getStorageAt',
  [address, slot, blockOfState],
  async ({ chain }, account, key, ref) => {
    await requireLatest(chain, ref)
    return word(await chain.storage(account, key))
  },
)
