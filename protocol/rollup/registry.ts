// Rollup accounts as the base chain knows them: who owns one, its BLS key and its spend key; and
// their locks, which have no keys. Those of a genesis are not written down one by one: owners and
// keys follow from the indices.

import { bytesToHex, type Hex, hexToBytes } from '../../lib/hex.ts'
import { encodeArguments } from '../abi/codec.ts'
import { encodeLog } from '../abi/event.ts'
import type { Bls } from '../crypto/signatures.ts'
import type { ModuleCall } from '../modules/module.ts'
import {
  addressOf,
  addToWord,
  fieldOf,
  packFields,
  type ReadWords,
  slotAfter,
  slotOf,
  type Words,
} from '../modules/storage-layout.ts'
import {
  COHORT_SIZE,
  LOCKS_PER_ACCOUNT_MAX,
  ROLLUP_ACCOUNTS_MAX,
  ROLLUP_ADDRESS,
} from '../params.ts'
import { genesisLockOwner } from './genesis-locks.ts'
import { isInboxFull, MAKE_LOCK, REGISTER, sendMessage } from './inbox.ts'
import { shardOf } from './layout.ts'
import { REGISTER_ACCOUNT, REGISTER_WITH_LOCKS, REGISTERED } from './rollup-abi.ts'
import { unitsOf } from './rollup-money.ts'
import type { Outcome, RollupRefusal } from './rollup-refusals.ts'
import {
  accountCount,
  accountSlot,
  keySlot,
  loadConfig,
  ownedCountSlot,
  ownedSlot,
  saveAccountCount,
  shardCount,
} from './rollup-storage.ts'
import { isClosing } from './shard-change.ts'
import { loadShard } from './shard-record.ts'

export interface AccountKeys {
  /** 48 bytes. */
  readonly blsKey: Uint8Array
  /** 32 bytes, Ed25519. */
  readonly spendKey: Hex
}

/** Whose an account or a lock is; undefined if there is none. */
export function ownerOf(words: ReadWords, index: number): Hex | undefined {
  if (index >= accountCount(words)) return undefined
  const { accounts, locks, owner } = loadConfig(words)
  return index < accounts + locks ? owner : addressOf(words.load(accountSlot(index)))
}

/** The account of a lock; undefined for what is no lock. */
export function lockOwner(words: ReadWords, index: number): number | undefined {
  const config = loadConfig(words)
  const { accounts, locks } = config
  if (index < accounts || index >= accountCount(words)) return undefined
  if (index < accounts + locks) return genesisLockOwner(config, index)
  const word = words.load(accountSlot(index))
  return fieldOf(word, LOCK_BIT, 1) === 1n ? Number(fieldOf(word, LOCK_OWNER, 32)) : undefined
}

/** Where the word of a lock has its account, and that it is a lock. */
const LOCK_OWNER = 160
const LOCK_BIT = 192

/** Undefined for an account of the genesis, whose keys are in no state, for a lock and for none. */
export function registeredKeys(words: ReadWords, index: number): AccountKeys | undefined {
  const { accounts, locks } = loadConfig(words)
  if (index < accounts + locks || index >= accountCount(words)) return undefined
  if (lockOwner(words, index) !== undefined) return undefined
  const base = accountSlot(index)
  const head = hexToBytes(slotOf(words.load(slotAfter(base, 1))))
  const tail = hexToBytes(slotOf(words.load(slotAfter(base, 2)))).subarray(16)
  const blsKey = new Uint8Array(48)
  blsKey.set(head)
  blsKey.set(tail, 32)
  return { blsKey, spendKey: slotOf(words.load(slotAfter(base, 3))) }
}

/** Accounts that an address has registered, in order: how many, and the nth. */
export const ownedCount = (words: ReadWords, owner: Hex) =>
  Number(words.load(ownedCountSlot(owner)))

export function ownedAt(words: ReadWords, owner: Hex, nth: number): number | undefined {
  const word = words.load(ownedSlot(owner, nth))
  return word === 0n ? undefined : Number(fieldOf(word, 0, 32))
}

function enter(words: Words, index: number, owner: Hex, { blsKey, spendKey }: AccountKeys): void {
  const base = accountSlot(index)
  words.save(base, BigInt(owner))
  words.save(slotAfter(base, 1), BigInt(bytesToHex(blsKey.subarray(0, 32))))
  words.save(slotAfter(base, 2), BigInt(bytesToHex(blsKey.subarray(32))))
  words.save(slotAfter(base, 3), BigInt(spendKey))
  words.save(keySlot(blsKey), BigInt(index) + 1n)
  const nth = ownedCount(words, owner)
  // A word of index 0 alone would look like none.
  const owned = packFields([
    [index, 32],
    [1, 1],
  ])
  words.save(ownedSlot(owner, nth), owned)
  addToWord(words, ownedCountSlot(owner), 1n)
  saveAccountCount(words, index + 1)
}

/** Locks that an account at this index can have behind it. */
function lockRoom(index: number): number {
  const inCohort = COHORT_SIZE - 1 - (index % COHORT_SIZE)
  return Math.min(LOCKS_PER_ACCOUNT_MAX, inCohort)
}

/** The next index becomes a lock of the account. */
function enterLock(call: ModuleCall, account: number): void {
  const { state, caller } = call
  const index = accountCount(state)
  const word = packFields([
    [BigInt(caller), LOCK_OWNER],
    [account, LOCK_BIT - LOCK_OWNER],
    [1, 1],
  ])
  state.save(accountSlot(index), word)
  saveAccountCount(state, index + 1)
  const shard = shardOf(index, shardCount(state))
  sendMessage(call, shard, { kind: MAKE_LOCK, from: index, to: account, amount: 0n })
}

type Arguments = readonly [Uint8Array, Uint8Array, Hex]

const KEY_BYTES = 48
const POSSESSION_BYTES = 96

/** The cheap checks first: the proof takes a millisecond. */
function check(
  { state }: ModuleCall,
  [blsKey, possession, spendKey]: Arguments,
  locks: number,
  bls: Pick<Bls, 'verifyPossession'>,
): RollupRefusal | undefined {
  if (blsKey.length !== KEY_BYTES || possession.length !== POSSESSION_BYTES) return 'BAD_KEY_LENGTH'
  if (BigInt(spendKey) === 0n) return 'BAD_SPEND_KEY'
  const index = accountCount(state)
  if (index >= ROLLUP_ACCOUNTS_MAX) return 'TOO_MANY_ACCOUNTS'
  if (isClosing(state)) return 'RESHARDING'
  const shard = shardOf(index, shardCount(state))
  if (loadShard(state, shard).frozen) return 'SHARD_FROZEN'
  if (isInboxFull(state, shard, 1 + locks)) return 'INBOX_FULL'
  // One co-signature would count for two accounts.
  if (state.load(keySlot(blsKey)) !== 0n) return 'KEY_IN_USE'
  return bls.verifyPossession(blsKey, possession) ? undefined : 'BAD_POSSESSION'
}

/** The index of the new account, or why there is none. */
function registerOne(
  call: ModuleCall,
  args: Arguments,
  locks: number,
  bls: Pick<Bls, 'verifyPossession'>,
): number | RollupRefusal {
  const amount = unitsOf(call)
  if (typeof amount === 'string') return amount
  const refusal = check(call, args, locks, bls)
  if (refusal !== undefined) return refusal
  const { state, caller } = call
  const [blsKey, , spendKey] = args
  const index = accountCount(state)
  enter(state, index, caller, { blsKey, spendKey })
  const which = [BigInt(index), caller] as const
  call.emit(encodeLog(ROLLUP_ADDRESS, REGISTERED, which, [blsKey, spendKey, amount]))
  const shard = shardOf(index, shardCount(state))
  sendMessage(call, shard, { kind: REGISTER, from: index, to: 0, amount })
  return index
}

/** The value, which may be nothing, becomes the first balance. Returns the index. */
export function register(
  call: ModuleCall,
  args: Arguments,
  bls: Pick<Bls, 'verifyPossession'>,
): Outcome {
  const index = registerOne(call, args, 0, bls)
  if (typeof index === 'string') return index
  return encodeArguments(REGISTER_ACCOUNT.outputs, [BigInt(index)])
}

/** With locks at the indices behind it, fewer where its cohort ends; returns how many. */
export function registerWithLocks(
  call: ModuleCall,
  [blsKey, possession, spendKey, wanted]: readonly [...Arguments, bigint],
  bls: Pick<Bls, 'verifyPossession'>,
): Outcome {
  if (wanted > BigInt(LOCKS_PER_ACCOUNT_MAX)) return 'TOO_MANY_LOCKS'
  const locks = Math.min(Number(wanted), lockRoom(accountCount(call.state)))
  const index = registerOne(call, [blsKey, possession, spendKey], locks, bls)
  if (typeof index === 'string') return index
  for (let made = 0; made < locks; made++) enterLock(call, index)
  return encodeArguments(REGISTER_WITH_LOCKS.outputs, [BigInt(index), BigInt(locks)])
}
