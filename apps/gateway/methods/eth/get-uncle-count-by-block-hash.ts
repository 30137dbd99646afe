// eth_getUncleCountByBlockHash: there are no uncles.

import { method } from '../../method.ts'
import { hash } from '../../params.ts'

export const getUncleCountByBlockHash = method(
  'eth_getUncleCountByBlockHash',
  [hash],
  async (context, ref) => (await context.blocks.byHash(ref)) && '0x0',
)
