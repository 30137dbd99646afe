// eth_estimateGas: the gas limit that a transaction needs.

import { BLOCK_GAS_LIMIT } from '../../../../protocol/params.ts'
import { blockOfState, requireLatest } from '../../block-param.ts'
import { requireSuccess } from '../../call-outcome.ts'
import { type CallObject, callObject } from '../../call-param.ts'
import type { ChainAccess } from '../../chain-access.ts'
import { refusal } from '../../errors.ts'
import { method } from '../../method.ts'
import { quantity } from '../../quantity.ts'

/** Gas that the sender can pay for; throws RpcError when it cannot even pay the value. */
async function affordable(chain: ChainAccess, { from, value, gasPrice }: CallObject) {
  if (gasPrice === 0n) return BLOCK_GAS_LIMIT
  const { balance } = await chain.account(from)
  if (balance < value) throw refusal('INSUFFICIENT_FUNDS')
  const gas = (balance - value) / gasPrice
  return gas < BigInt(BLOCK_GAS_LIMIT) ? Number(gas) : BLOCK_GAS_LIMIT
}

export const estimateGas = method(
  'eth_estimateGas',
  [callObject, blockOfState],
  async ({ chain }, asked, ref) => {
    await requireLatest(chain, ref)
    const most = await affordable(chain, asked)
    const gas = Math.min(asked.gas ?? BLOCK_GAS_LIMIT, most, BLOCK_GAS_LIMIT)
    // What the gas costs was checked above, so the call itself is asked for free.
    const result = await chain.call({ ...asked, gas, gasPrice: 0n })
    requireSuccess(result, gas)
    return quantity(result.gasUsed)
  },
)
