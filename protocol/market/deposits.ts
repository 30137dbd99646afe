// Deposits: money a consumer leaves with the market, and how much of it an operator may lock.

import { EMPTY } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import type { ModuleCall } from '../modules/module.ts'
import { MARKET_ADDRESS } from '../params.ts'
import { AUTHORIZED, DEPOSITED, WITHDRAWN } from './market-abi.ts'
import type { Outcome } from './market-refusals.ts'
import { addTo, allowanceSlot, depositSlot, TOTAL_DEPOSITS_SLOT } from './market-storage.ts'

/** An allowance of 2^256 − 1 is not used up, as in ERC-20. */
export const UNLIMITED_ALLOWANCE = (1n << 256n) - 1n

export function deposit(call: ModuleCall): Outcome {
  if (call.value === 0n) return 'ZERO_AMOUNT'
  addTo(call.state, depositSlot(call.caller), call.value)
  addTo(call.state, TOTAL_DEPOSITS_SLOT, call.value)
  call.emit(encodeLog(MARKET_ADDRESS, DEPOSITED, [call.caller], [call.value]))
  return EMPTY
}

export function withdraw(call: ModuleCall, [amount]: readonly [bigint]): Outcome {
  if (amount === 0n) return 'ZERO_AMOUNT'
  if (call.state.load(depositSlot(call.caller)) < amount) return 'DEPOSIT_TOO_LOW'
  addTo(call.state, depositSlot(call.caller), -amount)
  addTo(call.state, TOTAL_DEPOSITS_SLOT, -amount)
  call.state.transfer(MARKET_ADDRESS, call.caller, amount)
  call.emit(encodeLog(MARKET_ADDRESS, WITHDRAWN, [call.caller], [amount]))
  return EMPTY
}

/** Sets, not adds: zero revokes. Locked escrows are not touched by it. */
export function authorize(call: ModuleCall, [operator, amount]: readonly [Hex, bigint]): Outcome {
  call.state.save(allowanceSlot(call.caller, operator), amount)
  call.emit(encodeLog(MARKET_ADDRESS, AUTHORIZED, [call.caller, operator], [amount]))
  return EMPTY
}
