// Jail for being away, which costs nothing but the seat, and the way back.

import { EMPTY } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import type { ModuleCall } from '../modules/module.ts'
import { STAKING_ADDRESS } from '../params.ts'
import { enlist } from './candidates.ts'
import { jail } from './slash.ts'
import { UNJAILED } from './staking-abi.ts'
import { parameter, type StakingContext } from './staking-context.ts'
import type { Outcome } from './staking-refusals.ts'
import { loadValidator } from './validator-record.ts'

/** For the end of an epoch: whoever was not seen in it. Nothing where governance has it off. */
export function jailForDowntime(context: StakingContext, operators: readonly Hex[]): void {
  if (parameter(context.state, 'downtime_jail') === 0n) return
  for (const operator of operators) {
    const record = loadValidator(context.state, operator)
    if (record && !record.jailed) jail(context, operator)
  }
}

export function unjail(call: ModuleCall): Outcome {
  const { state, caller } = call
  const record = loadValidator(state, caller)
  if (record === undefined) return 'NOT_REGISTERED'
  if (record.tombstoned) return 'TOMBSTONED'
  if (!record.jailed) return 'NOT_JAILED'
  if (call.timestamp < record.jailedUntil) return 'STILL_JAILED'
  const free = { ...record, jailed: false, jailedUntil: 0 }
  if (!enlist(state, caller, free)) return 'SET_FULL'
  call.emit(encodeLog(STAKING_ADDRESS, UNJAILED, [caller], []))
  return EMPTY
}
