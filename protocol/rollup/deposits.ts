// Money into the rollup: the value of a call, in whole units, which the account has once a claim
// consumes the message.

import { EMPTY } from '../../lib/bytes.ts'
import type { ModuleCall } from '../modules/module.ts'
import { accountShard } from './account-shard.ts'
import { DEPOSIT, sendMessage } from './inbox.ts'
import { unitsOf } from './rollup-money.ts'
import type { Outcome } from './rollup-refusals.ts'

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
