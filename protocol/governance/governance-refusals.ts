// Why the governance module refuses a call. The text is the revert reason that wallets show.

import { encodeErrorString } from '../abi/error-string.ts'
import type { ModuleResult } from '../modules/module.ts'

export const GOVERNANCE_REFUSALS = {
  UNKNOWN_FUNCTION: 'the governance module has no such function',
  BAD_CALLDATA: 'the arguments are not strictly ABI-encoded',
  NOT_PAYABLE: 'this function takes no value',
  NOT_IN_SET: 'only operators of the epoch’s validator set have a vote',
  ONE_AN_EPOCH: 'an operator can make one proposal an epoch',
  UNKNOWN_PARAMETER: 'there is no parameter of this name',
  VALUE_NOT_POSSIBLE: 'the value is out of bounds, or does not fit the other parameters',
  ALREADY_SO: 'this is how it is already',
  NOT_A_STEP: 'the number of shards can become twice or half of what it is, from 1 to 64',
  HELD_BY_LOCKS: 'locks of the genesis stay in the shards that it named, or in fewer of them',
  BAD_MODE: 'modes are 0 FAST, 1 BALANCED, 2 SECURE',
  ZERO_AMOUNT: 'the amount must not be zero',
  BAD_ADDRESS: 'the treasury does not pay the zero address, itself or a module',
  UNKNOWN_PROPOSAL: 'there is no proposal with this number',
  VOTING_OVER: 'this proposal can no longer be voted on',
  ALREADY_VOTED: 'this operator has voted on this proposal',
  VOTING_RUNS: 'this proposal can still be voted on',
  NOT_PASSED: 'this proposal did not pass',
  ALREADY_EXECUTED: 'this proposal was executed',
  EXPIRED: 'this proposal passed too long ago',
  TREASURY_TOO_LOW: 'the treasury holds less than this',
} as const

export type GovernanceRefusal = keyof typeof GOVERNANCE_REFUSALS

export function refused(code: GovernanceRefusal): ModuleResult {
  const output = encodeErrorString(`${code}: ${GOVERNANCE_REFUSALS[code]}`)
  return { ok: false, code, output }
}

/** What a function of the module returns: its ABI output, or why it refuses. */
export type Outcome = Uint8Array | GovernanceRefusal
