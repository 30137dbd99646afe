// eth_protocolVersion: that of eth/68, which the reads follow.

import { method } from '../../method.ts'

export const protocolVersion = method('eth_protocolVersion', [], () => '0x44')
