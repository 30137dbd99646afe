// Why the staking module refuses a call. The text is the revert reason that wallets show.

import { encodeErrorString } from '../abi/error-string.ts'
import type { ModuleResult } from '../modules/module.ts'

export const STAKING_REFUSALS = {
  UNKNOWN_FUNCTION: 'the staking module has no such function',
  BAD_CALLDATA: 'the arguments are not strictly ABI-encoded',
  NOT_PAYABLE: 'this function takes no value',
  ZERO_AMOUNT: 'the amount must not be zero',
  ALREADY_REGISTERED: 'this account is a validator already',
  NOT_REGISTERED: 'this account is no validator',
  BAD_KEY_LENGTH: 'a BLS key has 48 bytes, a proof or signature 96',
  BAD_POSSESSION: 'the proof does not show that the BLS key’s owner has its secret',
  BAD_AUTHORIZATION: 'the BLS key has not signed for this operator and VRF key on this chain',
  BAD_VRF_KEY: 'the VRF key is zero',
  KEY_IN_USE: 'this key was registered before; a key is used once, for ever',
  BAD_COMMISSION: 'the commission is at most 10,000 basis points',
  STAKE_TOO_LOW: 'the bond is below the minimum of a validator',
  TOMBSTONED: 'this validator is out for ever',
  SET_FULL: 'as many validators as there can be are bonded',
  BOND_TOO_LOW: 'less is bonded from this account to this validator',
  TOO_MANY_CLAIMS: 'this account has as many unbonding claims as there can be',
  NOTHING_MATURED: 'no claim of this account has matured',
  NO_REWARDS: 'there are no rewards to claim',
  NOT_JAILED: 'this validator is not jailed',
  STILL_JAILED: 'the time in jail is not over',
  EVIDENCE_TOO_LARGE: 'evidence has at most 512 bytes',
  MALFORMED_EVIDENCE: 'the evidence is not encoded as it must be',
  UNKNOWN_RULE: 'the evidence names no rule from 1 to 5',
  WRONG_KINDS: 'the two messages are not of the kinds that this rule is about',
  NO_CONTRADICTION: 'the two messages do not contradict each other',
  UNKNOWN_KEY: 'no validator has this BLS key',
  FUTURE_EPOCH: 'this epoch has not begun',
  EVIDENCE_TOO_OLD: 'the offence is more than 21 days old',
  NOT_IN_SET: 'the validator was not in the set of that epoch',
  BAD_SIGNATURE: 'a signature of the evidence is not the validator’s',
  ALREADY_PUNISHED: 'the validator was punished for this epoch and kind of offence',
} as const

export type StakingRefusal = keyof typeof STAKING_REFUSALS

export function refused(code: StakingRefusal): ModuleResult {
  const output = encodeErrorString(`${code}: ${STAKING_REFUSALS[code]}`)
  return { ok: false, code, output }
}

/** What a function of the module returns: its ABI output, or why it refuses. */
export type Outcome = Uint8Array | StakingRefusal
