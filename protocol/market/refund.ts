// The three ways in which all the money of a job goes back to where it came from: given up by
// provider or coordinator, cancelled by the consumer, or past its deadline (by anybody).

import { EMPTY } from '../../lib/bytes.ts'
import type { Hex } from '../../lib/hex.ts'
import { encodeLog } from '../abi/event.ts'
import type { ModuleCall, ModuleState } from '../modules/module.ts'
import { MARKET_ADDRESS } from '../params.ts'
import type { Escrow } from './escrow.ts'
import type { JobEvent } from './job-table.ts'
import { REFUNDED, WHY_CANCELLED, WHY_EXPIRED, WHY_FAILED } from './market-abi.ts'
import type { Outcome } from './market-refusals.ts'
import {
  addTo,
  depositSlot,
  loadEscrow,
  saveEscrow,
  TOTAL_DEPOSITS_SLOT,
  TOTAL_LOCKED_SLOT,
} from './market-storage.ts'
import { openState } from './open-state.ts'

export function fail(call: ModuleCall, [jobId]: readonly [Hex, bigint]): Outcome {
  const escrow = loadEscrow(call.state, jobId)
  if (escrow === undefined) return 'UNKNOWN_JOB'
  if (call.caller !== escrow.coordinator && call.caller !== escrow.provider) return 'NOT_PARTY'
  if (openState(escrow, 'fail') === undefined) return 'JOB_ENDED'
  if (BigInt(call.timestamp) > escrow.deadline) return 'DEADLINE_PASSED'
  return refundAll(call, jobId, escrow, 'fail', WHY_FAILED)
}

export function cancel(call: ModuleCall, [jobId]: readonly [Hex]): Outcome {
  const escrow = loadEscrow(call.state, jobId)
  if (escrow === undefined) return 'UNKNOWN_JOB'
  if (call.caller !== escrow.consumer) return 'NOT_CONSUMER'
  if (openState(escrow, 'cancel') === undefined) {
    return escrow.state === 'assigned' ? 'ALREADY_ASSIGNED' : 'JOB_ENDED'
  }
  if (BigInt(call.timestamp) > escrow.deadline) return 'DEADLINE_PASSED'
  return refundAll(call, jobId, escrow, 'cancel', WHY_CANCELLED)
}

export function refund(call: ModuleCall, [jobId]: readonly [Hex]): Outcome {
  const escrow = loadEscrow(call.state, jobId)
  if (escrow === undefined) return 'UNKNOWN_JOB'
  if (openState(escrow, 'expire') === undefined) return 'JOB_ENDED'
  if (BigInt(call.timestamp) <= escrow.deadline) return 'DEADLINE_NOT_REACHED'
  return refundAll(call, jobId, escrow, 'expire', WHY_EXPIRED)
}

function refundAll(
  call: ModuleCall,
  jobId: Hex,
  escrow: Escrow,
  event: JobEvent,
  why: bigint,
): Outcome {
  const state = openState(escrow, event)
  if (state === undefined) return 'JOB_ENDED'
  saveEscrow(call.state, jobId, { ...escrow, state: state.next, refunded: escrow.priceCap })
  addTo(call.state, TOTAL_LOCKED_SLOT, -escrow.priceCap)
  giveBack(call.state, escrow, escrow.priceCap)
  const parties = [jobId, escrow.consumer] as const
  call.emit(encodeLog(MARKET_ADDRESS, REFUNDED, parties, [escrow.priceCap, why]))
  return EMPTY
}

/** To the consumer's market deposit if it was locked from there, else to his account. */
export function giveBack(state: ModuleState, escrow: Escrow, amount: bigint): void {
  if (amount === 0n) return
  if (escrow.fromDeposit) {
    addTo(state, depositSlot(escrow.consumer), amount)
    addTo(state, TOTAL_DEPOSITS_SLOT, amount)
  } else {
    state.transfer(MARKET_ADDRESS, escrow.consumer, amount)
  }
}
