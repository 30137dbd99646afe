// eth_maxPriorityFeePerGas.

import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'
import { suggestTip } from '../../suggest-tip.ts'

export const maxPriorityFeePerGas = method('eth_maxPriorityFeePerGas', [], async (context) =>
  quantity(await suggestTip(context)),
)
