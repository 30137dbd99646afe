// aitbc_getHeaders: RLP headers in order, for light clients that link a block to a certified one.

import { RPC_HEADERS_MAX } from '../../../../config/limits.ts'
import { bytesToHex, type Hex } from '../../../../lib/hex.ts'
import { encodeHeader } from '../../../../protocol/block/header-codec.ts'
import { blockNumber, heightOf } from '../../block-param.ts'
import { RpcError } from '../../errors.ts'
import { method } from '../../method.ts'
import { count } from '../../params.ts'

export const getHeaders = method(
  'aitbc_getHeaders',
  [blockNumber, count],
  async ({ chain, blocks }, from, wanted) => {
    if (wanted > RPC_HEADERS_MAX) throw new RpcError('LIMIT', `at most ${RPC_HEADERS_MAX} headers`)
    const first = await heightOf(chain, from)
    const headers: Hex[] = []
    if (first === undefined) return headers
    for (let i = 0; i < wanted; i++) {
      const block = await blocks.at(first + i)
      if (!block) break
      headers.push(bytesToHex(encodeHeader(block.header)))
    }
    return headers
  },
)
