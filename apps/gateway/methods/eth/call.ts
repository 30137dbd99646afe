// eth_call: runs on the state after the latest block and keeps nothing.

import { bytesToHex } from '../../../../lib/hex.ts'
import { BLOCK_GAS_LIMIT } from '../../../../protocol/params.ts'
import { blockOfState, requireLatest } from '../../block-param.ts'
import { requireSuccess } from '../../call-outcome.ts'
import { callObject } from '../../call-param.ts'
import { method } from '../../method.ts'

export const call = method(
  'eth_call',
  [callObject, blockOfState],
  async ({ chain }, asked, ref) => {
    await requireLatest(chain, ref)
    const gas = Math.min(asked.gas ?? BLOCK_GAS_LIMIT, BLOCK_GAS_LIMIT)
    const result = await chain.call({ ...asked, gas })
    requireSuccess(result, gas)
    return bytesToHex(result.output)
  },
)
