// Paying out what a delegation has earned, and to the operator its commission.

import { EMPTY } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import type { ModuleCall } from '../modules/module.ts'
import { addToWord } from '../modules/storage-layout.ts'
import { STAKING_ADDRESS } from '../params.ts'
import { loadDelegation, loadPool, REWARD_SCALE, saveDelegation, savePool } from './pool.ts'
import { REWARDS_CLAIMED } from './staking-abi.ts'
import type { Outcome } from './staking-refusals.ts'
import { TOTAL_REWARDS } from './staking-storage.ts'
import { loadValidator } from './validator-record.ts'

export function claimRewards(call: ModuleCall, [validator]: readonly [Hex]): Outcome {
  const { state, caller } = call
  if (loadValidator(state, validator) === undefined) return 'NOT_REGISTERED'
  const pool = loadPool(state, validator)
  const whose = { validator, delegator: caller }
  const delegation = loadDelegation(state, whose, pool)
  const commission = caller === validator ? pool.commissionOwed : 0n
  const amount = delegation.earned / REWARD_SCALE + commission
  if (amount === 0n) return 'NO_REWARDS'
  saveDelegation(state, whose, { ...delegation, earned: delegation.earned % REWARD_SCALE })
  savePool(state, validator, { ...pool, commissionOwed: pool.commissionOwed - commission })
  addToWord(state, TOTAL_REWARDS, -amount)
  state.transfer(STAKING_ADDRESS, caller, amount)
  call.emit(encodeLog(STAKING_ADDRESS, REWARDS_CLAIMED, [validator, caller], [amount]))
  return EMPTY
}
