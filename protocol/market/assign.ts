// Naming the provider of a job and fixing the price. From here on he is the only possible payee.

import { EMPTY } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import type { ModuleCall } from '../modules/module.ts'
import { MARKET_ADDRESS, MARKET_ASSIGNMENTS_MAX } from '../params.ts'
import { ZERO_ADDRESS } from './escrow.ts'
import { ASSIGNED } from './market-abi.ts'
import type { Outcome } from './market-refusals.ts'
import { loadEscrow, saveEscrow } from './market-storage.ts'
import { openState } from './open-state.ts'

/** By the coordinator; a second time only when the first provider's lease has passed. */
export function assign(
  call: ModuleCall,
  [jobId, provider, price, leaseUntil]: readonly [Hex, Hex, bigint, bigint],
): Outcome {
  const escrow = loadEscrow(call.state, jobId)
  if (escrow === undefined) return 'UNKNOWN_JOB'
  if (escrow.coordinator !== call.caller) return 'NOT_COORDINATOR'
  const state = openState(escrow, 'assign')
  if (state === undefined) return 'JOB_ENDED'
  const now = BigInt(call.timestamp)
  if (now > escrow.deadline) return 'DEADLINE_PASSED'
  if (state.from === 'assigned' && now < escrow.leaseUntil) return 'LEASE_RUNNING'
  if (escrow.attempts >= MARKET_ASSIGNMENTS_MAX) return 'NO_ATTEMPTS_LEFT'
  if (provider === ZERO_ADDRESS || provider === MARKET_ADDRESS) return 'BAD_ADDRESS'
  if (price > escrow.priceCap) return 'PRICE_ABOVE_CAP'
  if (leaseUntil <= now || leaseUntil > escrow.deadline) return 'BAD_LEASE'
  const attempts = escrow.attempts + 1
  saveEscrow(call.state, jobId, {
    ...escrow,
    state: state.next,
    provider,
    price,
    leaseUntil,
    attempts,
  })
  const data = [price, leaseUntil, BigInt(attempts)] as const
  call.emit(encodeLog(MARKET_ADDRESS, ASSIGNED, [jobId, provider], data))
  return EMPTY
}
