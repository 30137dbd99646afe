// eth_chainId (EIP-695).

import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'

export const chainId = method('eth_chainId', [], ({ chainId }) => quantity(chainId))
