// eth_getCode: the chain runs no contracts yet. Its own modules answer with one invalid opcode, so
// that wallets and libraries see something that can be called (as other chains do for built-in
// contracts).

import { GOVERNANCE_ADDRESS, MARKET_ADDRESS, STAKING_ADDRESS } from '../../../../protocol/params.ts'
import { blockOfState, requireLatest } from '../../block-param.ts'
import { method } from '../../method.ts'
import { address } from '../../params.ts'

const MODULES = [MARKET_ADDRESS, STAKING_ADDRESS, GOVERNANCE_ADDRESS]
const MODULE_CODE = '0xfe'

export const getCode = method(
  'eth_getCode',
  [address, blockOfState],
  async ({ chain }, account, ref) => {
    await requireLatest(chain, ref)
    return MODULES.includes(account) ? MODULE_CODE : '0x'
  },
)
