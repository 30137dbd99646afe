// net_version: the chain id in decimal.

import { method } from '../../method.ts'

export const netVersion = method('net_version', [], ({ chainId }) => chainId.toString())
