// Why the rollup module refuses a call, and why a block with a claim is refused. The texts of calls
// are the revert reasons that wallets show; those of claims are the detail of BAD_CLAIM.

import { encodeErrorString } from '../abi/error-string.ts'
import type { ModuleResult } from '../modules/module.ts'

export const ROLLUP_REFUSALS = {
  UNKNOWN_FUNCTION: 'the rollup module has no such function',
  BAD_CALLDATA: 'the arguments are not strictly ABI-encoded',
  NOT_PAYABLE: 'this function takes no value',
  ZERO_AMOUNT: 'the amount must not be zero',
  NOT_WHOLE_UNITS: 'the value must be a multiple of 10^9 wei',
  AMOUNT_TOO_LARGE: 'the rollup cannot hold so much',
  BAD_KEY_LENGTH: 'a BLS key has 48 bytes, its proof of possession 96',
  BAD_POSSESSION: 'the proof does not show that the BLS key’s owner has its secret',
  BAD_SPEND_KEY: 'the spend key is zero',
  KEY_IN_USE: 'this BLS key was registered before; a key is used once, for ever',
  TOO_MANY_LOCKS: 'an account is registered with at most 15 locks',
  IS_A_LOCK: 'a lock is paid and emptied by operations alone',
  STILL_LOCKED: 'the deadline of this lock has not passed',
  LOCK_EXPIRED: 'the deadline of this lock has passed',
  LOCK_HOLDS_LESS: 'the lock holds less than this amount',
  NOT_A_LOCK: 'no lock that holds money has this index',
  TOO_MANY_ACCOUNTS: 'there are as many accounts as there can be',
  UNKNOWN_ACCOUNT: 'no account has this index',
  NOT_OWNER: 'only the owner of this account may do this',
  UNKNOWN_SHARD: 'there is no such shard',
  INBOX_FULL: 'as many messages wait for this shard as there can be',
  SHARD_FROZEN: 'this shard is frozen: its money can only leave',
  RESHARDING: 'the number of shards changes at the end of this epoch: send it again after that',
  NOT_FROZEN: 'this shard is not frozen',
  CANNOT_FREEZE: 'no message has waited long enough for this shard to be frozen',
  NO_EXITS: 'this claim has no exits',
  EXIT_NOT_STATED: 'no root has been stated that contains this exit',
  NOT_SETTLED: 'the root can still be challenged: try again later',
  ALREADY_PAID: 'this was paid before',
  BAD_PROOF: 'the proof does not lead to the root',
  SHARD_HOLDS_LESS: 'the shard does not hold so much',
  EXIT_ABOVE_CLAIM: 'the claim did not take so much out of the shard',
  NO_BALANCE: 'this account has nothing in the shard',
  WRONG_BOND: 'a challenge comes with exactly the bond of 10 AITBC',
  MALFORMED_CHALLENGE: 'the challenge is not strictly encoded, or has no claims or too many',
  NOT_ORDERED: 'the claims are not those from one kept root to the next, or to the last claim',
  TOO_LATE: 'the root that follows is settled: nothing before it is taken back',
  NOTHING_TO_REFUND: 'this message brought no money, was consumed, or is not there',
} as const

export type RollupRefusal = keyof typeof ROLLUP_REFUSALS

export function refused(code: RollupRefusal): ModuleResult {
  const output = encodeErrorString(`${code}: ${ROLLUP_REFUSALS[code]}`)
  return { ok: false, code, output }
}

/** What a function of the module returns: its ABI output, or why it refuses. */
export type Outcome = Uint8Array | RollupRefusal

export const CLAIM_REFUSALS = {
  UNDECODABLE: 'the claim is not strictly encoded, or too long',
  UNKNOWN_SHARD: 'there is no such shard',
  TOO_MANY: 'the block has more claims of this shard than it may',
  FROZEN: 'the shard is frozen, or must be',
  CLOSING: 'the number of shards changes: until then only messages and parcels are consumed',
  OPENING: 'the first claim after a change of the number of shards states the root, no more',
  WRONG_NUMBER: 'the claim does not follow the last one',
  WRONG_PARENT: 'the parent is not the last claim',
  WRONG_EPOCH: 'the claim is of another epoch',
  NOT_ELIGIBLE: 'it is not this validator’s turn yet',
  TOO_LARGE: 'more transfers, operations or bytes than a batch may have',
  EXPIRED: 'an ordinary signature or a lock’s deadline has passed at this height',
  TOO_EARLY: 'a refund’s deadline has not passed at this height, or a lock’s is too far from it',
  WRONG_ENTRIES: 'the entries do not add up, or do not follow the last ones',
  WRONG_FEE_ACCOUNT: 'the fee account is none of this shard’s',
  WRONG_INBOX: 'it consumes messages that are not there, or too many',
  LEFT_OUT: 'it leaves out a message or a parcel that has waited too long',
  PARCELS: 'it does not consume the next parcels of a shard, or too many, or sends to no shard',
  PARCEL_EARLY: 'the root that contains the parcel can still be challenged',
  WRONG_SUPPLY: 'the supply does not follow from deposits, parcels and exits',
  ROOT_DUE: 'it must state the root',
  EMPTY: 'it changes nothing and states nothing new',
  BAD_SIGNATURE: 'the signature is not the sequencer’s',
  NO_CERTIFICATE: 'its shard has a committee, whose certificate is missing',
  BAD_CERTIFICATE: 'not a certificate of its shard’s committee for this claim, or there is none',
} as const

export type ClaimRefusal = keyof typeof CLAIM_REFUSALS
