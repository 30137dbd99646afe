// eth_gasPrice: the next base fee and a priority fee.

import { nextBaseFee } from '../../../../protocol/block/base-fee.ts'
import { decodeHeader } from '../../../../protocol/block/header-codec.ts'
import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'
import { suggestTip } from '../../suggest-tip.ts'

export const gasPrice = method('eth_gasPrice', [], async (context) => {
  const header = decodeHeader((await context.chain.head()).header)
  return quantity(nextBaseFee(header) + (await suggestTip(context)))
})
