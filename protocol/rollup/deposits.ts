// Money into the rollup: the value of a call, in whole units, which the account has once a claim
// consumes the message.

import { EMPTY } from '../../lib/bytes.ts'
import type { ModuleCall } from '../modules/module.ts'
import { ROLLUP_UNIT_WEI } from '../params.ts'
import { accountShard } from './account-shard.ts'
import { DEPOSIT, sendMessage } from './inbox.ts'
import { owedUnits } from './rollup-money.ts'
import type { Outcome, RollupRefusal } from './rollup-refusals.ts'

/** All that the rollup holds stays below this: its amounts have 64 bits. */
const UNITS_MAX = 2n ** 63n

/** The value of a call in units. */
export function unitsOf({ state, value }: ModuleCall): bigint | RollupRefusal {
  if (value % ROLLUP_UNIT_WEI !== 0n) return 'NOT_WHOLE_UNITS'
  const units = value / ROLLUP_UNIT_WEI
  return owedUnits(state) + units < UNITS_MAX ? units : 'AMOUNT_TOO_LARGE'
}

/** Anybody may pay anybody. */
export function deposit(call: ModuleCall, [index]: readonly [bigint]): Outcome {
  if (call.value === 0n) return 'ZERO_AMOUNT'
  const amount = unitsOf(call)
  if (typeof amount === 'string') return amount
  const shard = accountShard(call.state, index)
  if (typeof shard === 'string') return shard
  sendMessage(call, shard, { kind: DEPOSIT, from: Number(index), to: 0, amount })
  return EMPTY
}
