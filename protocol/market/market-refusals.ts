// Why the market refuses a call. The text is the revert reason that wallets show.

import { encodeErrorString } from '../abi/error-string.ts'
import type { ModuleResult } from '../modules/module.ts'

export const MARKET_REFUSALS = {
  UNKNOWN_FUNCTION: 'the market has no such function',
  BAD_CALLDATA: 'the arguments are not strictly ABI-encoded',
  NOT_PAYABLE: 'this function takes no value',
  WRONG_VALUE: 'the value sent must equal the price cap',
  ZERO_AMOUNT: 'the amount must not be zero',
  DEPOSIT_TOO_LOW: 'the market deposit is too low',
  ALLOWANCE_TOO_LOW: 'the operator is not authorized for this much',
  BAD_ADDRESS: 'the zero address and the market itself cannot take this part',
  WRONG_JOB_ID: 'the job id does not follow from chain, consumer and request hash',
  JOB_EXISTS: 'this job has an escrow already',
  UNKNOWN_JOB: 'no escrow has this job id',
  BAD_DEADLINE: 'the deadline must lie ahead by no more than seven days',
  BAD_LEASE: 'the lease must end after now and no later than the deadline',
  NOT_COORDINATOR: 'only the coordinator of this job may do this',
  NOT_CONSUMER: 'only the consumer of this job may do this',
  NOT_PARTY: 'only the coordinator or the assigned provider may do this',
  JOB_ENDED: 'this job has ended and its money has moved',
  ALREADY_ASSIGNED: 'a provider is assigned; this is possible only before',
  NOT_ASSIGNED: 'no provider is assigned',
  LEASE_RUNNING: 'the assigned provider still has time',
  NO_ATTEMPTS_LEFT: 'this job cannot be assigned again',
  PRICE_ABOVE_CAP: 'the price is above the cap of the escrow',
  AMOUNT_ABOVE_PRICE: 'the amount is above the price fixed at assignment',
  BAD_SIGNATURE: 'the signature is not that of the assigned provider over this settlement',
  DEADLINE_PASSED: 'the deadline has passed; only a refund is possible',
  DEADLINE_NOT_REACHED: 'the deadline has not passed yet',
} as const

export type MarketRefusal = keyof typeof MARKET_REFUSALS

export function refused(code: MarketRefusal): ModuleResult {
  const output = encodeErrorString(`${code}: ${MARKET_REFUSALS[code]}`)
  return { ok: false, code, output }
}

/** What a function of the market returns: its ABI output, or why it refuses. */
export type Outcome = Uint8Array | MarketRefusal
