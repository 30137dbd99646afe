// Calldata of the rollup module's functions with named arguments, for the command line, the SDK and
// tests.

import type { Hex } from '../../lib/hex.ts'
import { decodeArguments } from '../abi/codec.ts'
import { encodeCall } from '../abi/function.ts'
import type { Bls } from '../crypto/signatures.ts'
import type { OutgoingLeaf } from './outgoing.ts'
import * as abi from './rollup-abi.ts'

export interface AccountRegistration {
  /** 48 bytes. */
  readonly blsKey: Uint8Array
  /** 96 bytes: `bls.provePossession`. */
  readonly possession: Uint8Array
  readonly spendKey: Hex
}

export function makeAccountRegistration(
  bls: Pick<Bls, 'publicKey' | 'provePossession'>,
  blsSecret: Uint8Array,
  spendKey: Hex,
): AccountRegistration {
  return {
    blsKey: bls.publicKey(blsSecret),
    possession: bls.provePossession(blsSecret),
    spendKey,
  }
}

/** To be sent with the first balance as `value`, in whole units; it may be nothing. */
export function encodeRegisterAccount(registration: AccountRegistration): Uint8Array {
  const { blsKey, possession, spendKey } = registration
  return encodeCall(abi.REGISTER_ACCOUNT, [blsKey, possession, spendKey])
}

/** The same, with so many locks. */
export function encodeRegisterWithLocks(
  { blsKey, possession, spendKey }: AccountRegistration,
  locks: number,
): Uint8Array {
  return encodeCall(abi.REGISTER_WITH_LOCKS, [blsKey, possession, spendKey, BigInt(locks)])
}

/** To be sent with `value`. */
export const encodeDepositTo = (index: number) => encodeCall(abi.DEPOSIT_TO, [BigInt(index)])

/** Amounts here and below in units. */
export function encodeForceTransfer(from: number, to: number, amount: bigint): Uint8Array {
  return encodeCall(abi.FORCE_TRANSFER, [BigInt(from), BigInt(to), amount])
}

export interface ExitClaim {
  readonly shard: number
  /** Of the claim whose batch made the exit. */
  readonly number: number
  /** In the claim's tree of exits. */
  readonly position: number
  readonly from: number
  readonly amount: bigint
  readonly entry: number
  /** Sum of the exits up to and with this one. */
  readonly total: bigint
  /** Siblings from the leaf up, 32 bytes each. */
  readonly proof: Uint8Array
}

export function encodeClaimExit(exit: ExitClaim): Uint8Array {
  const { shard, number, position, from, amount, entry, total, proof } = exit
  const place = [BigInt(shard), BigInt(number), BigInt(position)] as const
  return encodeCall(abi.CLAIM_EXIT, [...place, BigInt(from), amount, BigInt(entry), total, proof])
}

export const encodeFreeze = (shard: number) => encodeCall(abi.FREEZE, [BigInt(shard)])

export function encodeExitFrozen(index: number, record: Hex, proof: Uint8Array): Uint8Array {
  return encodeCall(abi.EXIT_FROZEN, [BigInt(index), record, proof])
}

/** `amount` in units, `hash` of what it is for: as a settle has them. */
export function encodeSettleFrozen(
  lock: number,
  { amount, hash }: { readonly amount: bigint; readonly hash: Hex },
  record: Hex,
  proof: Uint8Array,
): Uint8Array {
  return encodeCall(abi.SETTLE_FROZEN, [BigInt(lock), amount, hash, record, proof])
}

export function encodeRefundMessage(shard: number, message: number): Uint8Array {
  return encodeCall(abi.REFUND_MESSAGE, [BigInt(shard), BigInt(message)])
}

/** A credit of a parcel: where it is, and its leaf. */
export interface ParcelCredit {
  readonly source: number
  readonly number: number
  readonly position: number
  readonly leaf: OutgoingLeaf
  readonly proof: Uint8Array
}

export function encodeRefundParcel(credit: ParcelCredit): Uint8Array {
  const { source, number, position, leaf, proof } = credit
  const { from, to, amount, entry, total } = leaf
  const place = [BigInt(source), BigInt(number), BigInt(position)] as const
  const fields = [BigInt(from), BigInt(to), amount, BigInt(entry), total] as const
  return encodeCall(abi.REFUND_PARCEL, [...place, ...fields, proof])
}

/** To be sent with ROLLUP_CHALLENGE_BOND_WEI; challenge.ts encodes the bytes. */
export const encodeChallengeCall = (bytes: Uint8Array) => encodeCall(abi.CHALLENGE, [bytes])
export const encodeAccountCount = () => encodeCall(abi.ACCOUNT_COUNT, [])
export const encodeAccountOf = (index: number) => encodeCall(abi.ACCOUNT_OF, [BigInt(index)])
export const encodeLockOwner = (index: number) => encodeCall(abi.LOCK_OWNER, [BigInt(index)])
export const encodeOwnedCount = (owner: Hex) => encodeCall(abi.OWNED_COUNT, [owner])
export function encodeOwnedAt(owner: Hex, nth: number): Uint8Array {
  return encodeCall(abi.OWNED_AT, [owner, BigInt(nth)])
}
export const encodeShardCount = () => encodeCall(abi.SHARD_COUNT, [])
export const encodeShardChange = () => encodeCall(abi.SHARD_CHANGE, [])
export const encodeShardOf = (shard: number) => encodeCall(abi.SHARD_OF, [BigInt(shard)])
export const encodeInboxOf = (shard: number) => encodeCall(abi.INBOX_OF, [BigInt(shard)])
export function encodeMessageAt(shard: number, message: number): Uint8Array {
  return encodeCall(abi.MESSAGE_AT, [BigInt(shard), BigInt(message)])
}

export function encodeExitsOf(shard: number, number: number): Uint8Array {
  return encodeCall(abi.EXITS_OF, [BigInt(shard), BigInt(number)])
}

export function encodeIsExitPaid(shard: number, number: number, position: number): Uint8Array {
  return encodeCall(abi.IS_EXIT_PAID, [BigInt(shard), BigInt(number), BigInt(position)])
}

/** The index that `register` returned. Throws AbiError. */
export function decodeRegistered(output: Uint8Array): number {
  return Number(decodeArguments(abi.REGISTER_ACCOUNT.outputs, output)[0])
}

/** What `registerWithLocks` returned: its locks are at the indices behind it. Throws AbiError. */
export function decodeRegisteredWithLocks(output: Uint8Array): { index: number; locks: number } {
  const [index, locks] = decodeArguments(abi.REGISTER_WITH_LOCKS.outputs, output)
  return { index: Number(index), locks: Number(locks) }
}

/** Throws AbiError. `shards` is 0 where no change is planned. */
export function decodeShardChange(output: Uint8Array) {
  const [shards, epoch, putOff, why, shard] = decodeArguments(abi.SHARD_CHANGE.outputs, output)
  const numbers = { shards: Number(shards), epoch: Number(epoch), putOff: Number(putOff) }
  return { ...numbers, why, shard: Number(shard) }
}

/** Throws AbiError. */
export function decodeShardOf(output: Uint8Array) {
  const [number, hash, entries, supply, rootNumber, root, sequencer, timestampMs, frozen] =
    decodeArguments(abi.SHARD_OF.outputs, output)
  return {
    number: Number(number),
    hash,
    entries: Number(entries),
    supply,
    rootNumber: Number(rootNumber),
    root,
    sequencer,
    timestampMs: Number(timestampMs),
    frozen,
  }
}
