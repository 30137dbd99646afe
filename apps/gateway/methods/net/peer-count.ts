// net_peerCount: the other nodes that this gateway can ask.

import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'

export const netPeerCount = method('net_peerCount', [], ({ chain }) =>
  quantity(Math.max(0, chain.nodes().length - 1)),
)
