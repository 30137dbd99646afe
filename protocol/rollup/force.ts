// A transfer that no sequencer can leave out: the owner orders it on the base chain, and the claim
// that consumes the message executes it. Where it cannot be paid it does nothing.

import { EMPTY } from '../../lib/bytes.ts'
import type { ModuleCall } from '../modules/module.ts'
import { EXIT_INDEX } from '../params.ts'
import { accountShard } from './account-shard.ts'
import { FORCE, sendMessage } from './inbox.ts'
import { lockOwner, ownerOf } from './registry.ts'
import type { Outcome } from './rollup-refusals.ts'
import { accountCount } from './rollup-storage.ts'

/** `amount` in units; to EXIT_INDEX it leaves the rollup. */
export function forceTransfer(
  call: ModuleCall,
  [from, to, amount]: readonly [bigint, bigint, bigint],
): Outcome {
  const { state, caller } = call
  if (amount === 0n) return 'ZERO_AMOUNT'
  const shard = accountShard(state, from)
  if (typeof shard === 'string') return shard
  if (ownerOf(state, Number(from)) !== caller) return 'NOT_OWNER'
  const isKnown = to === BigInt(EXIT_INDEX) || to < BigInt(accountCount(state))
  if (!isKnown) return 'UNKNOWN_ACCOUNT'
  if (lockOwner(state, Number(to)) !== undefined) return 'IS_A_LOCK'
  sendMessage(call, shard, { kind: FORCE, from: Number(from), to: Number(to), amount })
  return EMPTY
}
